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
