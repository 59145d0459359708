// The preview's scrubber writes the second that it stands at; what was typed last is what is asked.
const timecode = (total) => {
  const hours = Math.floor(total / 3600);
  const rest = [Math.floor(total / 60) % 60, total % 60].map((n) => String(n).padStart(2, "0"));
  return (hours ? [hours, ...rest] : rest).join(":");
};
const choose = (form, by) => {
  form.querySelector(`[name="by"][value="${by}"]`).checked = true;
};

document.addEventListener("input", ({ target }) => {
  const form = target.closest("#preview");
  if (!form) return;
  if (target.dataset.scrub) {
    const words = timecode(Number(target.value));
    form.elements[target.dataset.scrub].value = words;
    target.setAttribute("aria-valuetext", words);
  }
  if (target.dataset.scrub || target.name === "second") choose(form, "second");
  if (target.name === "at") choose(form, "moment");
});
