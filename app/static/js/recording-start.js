// Where a recording begins: a line's second is played in the panel's own player, and a line that is
// heard there puts the beginning where it must be.
const player = () => document.querySelector("#video-state video");
const field = document.getElementById("start");

const timecode = (total) => {
  const seconds = Math.abs(total);
  const hours = Math.floor(seconds / 3600);
  const rest = [Math.floor(seconds / 60) % 60, seconds % 60].map((n) => String(n).padStart(2, "0"));
  return (total < 0 ? "−" : "") + (hours ? [hours, ...rest] : rest).join(":");
};

const offer = () => {
  for (const button of document.querySelectorAll("[data-align]")) button.hidden = !player();
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-second]");
  const video = player();
  if (link && video) {
    event.preventDefault();
    video.currentTime = Number(link.dataset.second);
    video.scrollIntoView({ block: "nearest" });
    video.play().catch(() => {});
  }
  const button = event.target.closest("[data-align]");
  if (button && video && field) {
    field.value = timecode(Number(button.dataset.align) - Math.floor(video.currentTime));
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
document.addEventListener("htmx:afterSwap", offer);
offer();
