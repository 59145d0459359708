(() => {
"use strict";

// shared/timecode.js
// Seconds as a person reads them: 12:30, or 1:02:30.
const timecode = (total) => {
  const seconds = Math.max(0, Math.floor(total));
  const hours = Math.floor(seconds / 3600);
  const rest = [Math.floor(seconds / 60) % 60, seconds % 60].map((n) => String(n).padStart(2, "0"));
  return (hours ? [hours, ...rest] : rest).join(":");
};

// studio/preview.js
// The preview's scrubber writes the second that it stands at; what was typed last is what is asked.
const putSecond = (form, second) => {
  const words = timecode(second);
  const line = form.querySelector("[data-scrub]");
  form.elements.second.value = words;
  line.value = String(second);
  line.setAttribute("aria-valuetext", words);
  choose(form, "second");
};
const choose = (form, by) => {
  form.querySelector(`[name="by"][value="${by}"]`).checked = true;
};

document.addEventListener("input", ({ target }) => {
  const form = target.closest("#preview");
  if (!form) return;
  if ("scrub" in target.dataset) putSecond(form, Number(target.value));
  if (target.name === "second") choose(form, "second");
  if (target.name === "at") choose(form, "moment");
});

// Time was let run inside the frame; once it stands again, the page asks for that very second.
addEventListener("message", ({ origin, source, data }) => {
  const form = document.getElementById("preview");
  const frame = document.getElementById("viewfinder");
  if (origin !== location.origin || source !== frame?.contentWindow) return;
  if (!Number.isInteger(data?.second)) return;
  putSecond(form, data.second);
  if (data.stopped) form.requestSubmit();
});
})();
