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

// studio/player.js
// The author's player: which second it stands at, and where that second is put.
const video = document.getElementById("editor-video");
const track = document.getElementById("track");
const now = document.getElementById("editor-now");
const KEPT = `efir-editor-second:${location.pathname.split("/")[2]}`;

const currentSecond = () => Math.floor(video?.currentTime ?? 0);

for (const part of document.querySelectorAll("[data-js-only]")) part.hidden = false;

// The second is kept from page to page of the editor: a form opens where the author was.
const recall = () => {
  const second = Number(sessionStorage.getItem(KEPT));
  if (second > 0 && second < video.duration) video.currentTime = second;
};
// How long a video from elsewhere is, only a player knows; the checks before publishing ask for it.
const tellLength = () => {
  const seconds = Math.ceil(video.duration);
  if (!video.dataset.length || !Number.isFinite(seconds)) return;
  if (seconds < 1 || String(seconds) === video.dataset.known) return;
  const body = new URLSearchParams({ address: video.dataset.address, seconds });
  const headers = JSON.parse(document.body.getAttribute("hx-headers"));
  fetch(video.dataset.length, { method: "POST", body, headers }).catch(() => {});
};
const opened = () => {
  recall();
  tellLength();
};
if (video) {
  if (video.readyState) opened();
  else video.addEventListener("loadedmetadata", opened, { once: true });
  addEventListener("pagehide", () => sessionStorage.setItem(KEPT, String(currentSecond())));
  video.addEventListener("timeupdate", () => {
    if (now) now.textContent = timecode(video.currentTime);
  });
  for (const button of document.querySelectorAll("[data-now]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const field = document.getElementById(button.dataset.now);
      field.value = timecode(currentSecond());
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-at-now]");
    if (link) link.search = `?at=${currentSecond()}`;
    const sight = event.target.closest("a[data-see-now]");
    if (sight) sight.search = `?second=${timecode(currentSecond())}`;
  });
}

// studio/track.js
// The track: each cue a bar that is dragged or moved by arrows, its end a handle of its own.
const LANES = { cta: 0, offer: 0, poll: 1, question: 1, note: 2, handout: 3 };
const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -60, PageUp: 60 };
const SAVE_PAUSE = 700;
const said = document.getElementById("track-said");
const ruler = document.getElementById("track-ruler");
const items = [...document.querySelectorAll("#cues [data-cue]")];

const cuesOf = (item) => ({
  item,
  show: Number(item.dataset.show),
  hide: item.dataset.hide === "" ? null : Number(item.dataset.hide),
});
const bars = items.map(cuesOf);
const length = () =>
  Math.max(1, Number(track.dataset.duration) || video?.duration || 0,
    ...bars.map((cue) => cue.hide ?? cue.show));
const clamp = (value, least, most) => Math.min(most, Math.max(least, value));
const share = (second) => `${(100 * second) / length()}%`;
const endOf = (cue) => cue.hide ?? length();

const place = (cue) => {
  const end = Math.max(endOf(cue), cue.show + 1);
  cue.bar.style.left = share(cue.show);
  cue.bar.style.width = share(Math.max(0, end - cue.show));
  cue.end.style.left = share(end);
  const until = cue.hide === null ? track.dataset.openEnd : timecode(cue.hide);
  cue.bar.setAttribute("aria-valuenow", cue.show);
  cue.bar.setAttribute("aria-valuetext", `${timecode(cue.show)} – ${until}`);
  cue.end.setAttribute("aria-valuenow", Math.round(endOf(cue)));
  cue.end.setAttribute("aria-valuetext", until);
  cue.item.querySelector("[data-from]").textContent = timecode(cue.show);
  cue.item.querySelector("[data-to]").textContent = until;
};

const restore = (cue) => {
  Object.assign(cue, cuesOf(cue.item));
  place(cue);
};

const keep = (cue, seal) => {
  Object.assign(cue.item.dataset, { seal, show: cue.show, hide: cue.hide ?? "" });
  cue.item.querySelector("input[name=seen]").value = seal;
  const check = document.querySelector("#findings a[hx-get]");
  if (check) window.htmx?.trigger(check, "click");
};

const save = async (cue) => {
  clearTimeout(cue.timer);
  const before = cuesOf(cue.item);
  if (before.show === cue.show && before.hide === cue.hide) return;
  const body = new URLSearchParams({
    show_at: String(cue.show),
    hide_at: cue.hide === null ? "" : String(cue.hide),
    seen: cue.item.dataset.seal,
  });
  try {
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    const answer = await fetch(cue.item.dataset.move, { method: "POST", body, headers });
    const told = await answer.json();
    said.textContent = told.words;
    if (answer.ok) keep(cue, told.seal);
    else restore(cue);
  } catch {
    said.textContent = track.dataset.failed;
    restore(cue);
  }
};

// Moving keeps the length; an end that is open stays open.
const moveTo = (cue, show) => {
  const long = cue.hide === null ? 0 : cue.hide - cue.show;
  cue.show = clamp(Math.round(show), 0, Math.floor(length()) - long);
  if (cue.hide !== null) cue.hide = cue.show + long;
  place(cue);
};
const endAt = (cue, second) => {
  const end = clamp(Math.round(second), cue.show + 1, Math.floor(length()));
  cue.hide = end >= Math.floor(length()) ? null : end;
  place(cue);
};

const drag = (part, cue, from, put) => {
  part.addEventListener("pointerdown", (down) => {
    if (down.button !== 0) return;
    down.preventDefault();
    part.focus();
    part.setPointerCapture(down.pointerId);
    const [start, x] = [from(cue), down.clientX];
    const move = (event) => {
      put(cue, start + ((event.clientX - x) / track.clientWidth) * length());
    };
    const stop = (event) => {
      part.removeEventListener("pointermove", move);
      if (event.type === "pointercancel") return restore(cue);
      if (Math.abs(event.clientX - x) < 3 && video) video.currentTime = cue.show;
      save(cue);
    };
    part.addEventListener("pointermove", move);
    part.addEventListener("pointerup", stop, { once: true });
    part.addEventListener("pointercancel", stop, { once: true });
  });
  part.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    put(cue, from(cue) + step * (event.shiftKey ? 10 : 1));
    clearTimeout(cue.timer);
    cue.timer = setTimeout(save, SAVE_PAUSE, cue);
  });
  part.addEventListener("blur", () => save(cue));
};

const slider = (className, label) => {
  const part = document.createElement("div");
  part.className = className;
  part.tabIndex = 0;
  part.setAttribute("role", "slider");
  part.setAttribute("aria-label", label);
  part.setAttribute("aria-valuemin", 0);
  part.setAttribute("aria-valuemax", Math.floor(length()));
  return part;
};

// The seconds under the track: five of what is seen, however large it is.
const measure = () => {
  const parts = 4 * zoom;
  const marks = Array.from({ length: parts + 1 }, (_, part) => {
    const text = timecode((part / parts) * length());
    return Object.assign(document.createElement("span"), { textContent: text });
  });
  ruler.style.width = `${100 * zoom}%`;
  ruler.replaceChildren(...marks);
};

const draw = (cue) => {
  const { kind, name } = cue.item.dataset;
  const lane = `track__lane-${LANES[kind]}`;
  cue.bar = slider(`track__cue track__cue--${kind} ${lane}`, track.dataset.start.replace("{name}", name));
  cue.end = slider(`track__end ${lane}`, track.dataset.end.replace("{name}", name));
  cue.bar.title = name;
  cue.bar.append(Object.assign(document.createElement("span"), { textContent: name }));
  drag(cue.bar, cue, (each) => each.show, moveTo);
  drag(cue.end, cue, endOf, endAt);
  track.append(cue.bar, cue.end);
  place(cue);
};

// Larger and smaller about the middle of what is seen.
const LARGEST = 64;
const zooms = [...document.querySelectorAll("[data-zoom]")];
let zoom = 1;
const makeLarger = (times) => {
  const seen = track.parentElement;
  const middle = (seen.scrollLeft + seen.clientWidth / 2) / track.offsetWidth;
  zoom = clamp(zoom * times, 1, LARGEST);
  track.style.width = `${100 * zoom}%`;
  measure();
  seen.scrollLeft = middle * track.offsetWidth - seen.clientWidth / 2;
  for (const button of zooms) {
    const times = Number(button.dataset.zoom);
    button.disabled = zoom * times !== clamp(zoom * times, 1, LARGEST);
  }
};

if (bars.length) {
  track.hidden = ruler.hidden = false;
  for (const part of document.querySelectorAll("[data-track-only]")) part.hidden = false;
  for (const button of zooms) {
    button.addEventListener("click", () => makeLarger(Number(button.dataset.zoom)));
  }
  bars.forEach(draw);
  measure();
  video?.addEventListener("loadedmetadata", () => {
    bars.forEach(place);
    measure();
  });
  const head = Object.assign(document.createElement("div"), { className: "track__head" });
  track.append(head);
  video?.addEventListener("timeupdate", () => {
    head.style.left = share(clamp(video.currentTime, 0, length()));
  });
  track.addEventListener("pointerdown", (event) => {
    if (event.target !== track || !video) return;
    const { left, width } = track.getBoundingClientRect();
    video.currentTime = ((event.clientX - left) / width) * length();
  });
}
})();
