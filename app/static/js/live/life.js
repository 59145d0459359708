// Signs of life, and what is said when the connection is lost and when it is back.
let tickedAt = performance.now();
let answeredAt = performance.now();
const wake = () => window.htmx?.trigger(beat, "beat");

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.xhr.status > 0 && detail.xhr.status < 500) answeredAt = performance.now();
});
addEventListener("online", wake);
addEventListener("pageshow", (event) => event.persisted && wake());
document.addEventListener("resume", wake);
document.addEventListener("visibilitychange", () => document.hidden || wake());
addEventListener("pagehide", () => {
  navigator.sendBeacon(room.dataset.leave, new FormData(beat));
});

const tick = () => {
  const now = performance.now();
  if (now - tickedAt > SLEPT) {
    answeredAt = now;
    wake();
  }
  tickedAt = now;
  lost.hidden = now - answeredAt < PATIENCE;
};

if (tabs.length) turnTo(tabs[0]);
noticeStage();
mark();
toBottom();
setInterval(tick, TICK);
