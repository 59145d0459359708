// Signs of life.
let tickedAt = performance.now();
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt === beat) event.detail.parameters.position = String(shown);
});
document.addEventListener("room:second", (event) => setClock(event.detail.second));

const wake = () => {
  unsure = true;
  ask();
};
addEventListener("online", wake);
addEventListener("pageshow", (event) => event.persisted && wake());
addEventListener("pagehide", () => {
  navigator.sendBeacon(room.dataset.leave, new FormData(beat));
});

const tick = () => {
  const now = performance.now();
  const slept = now - tickedAt > SLEPT;
  tickedAt = now;
  if (slept) wake();
  if (unsure) return;
  reveal();
  if (player.readyState < 2) showPoster();
  if (second() >= duration) {
    if (player.paused || player.ended) end();
  } else if (!player.paused) follow();
  else if (!blocked && !player.ended) play();
};

if (captions) captions.hidden = false;
fullscreen.hidden = !player.requestFullscreen;
toBottom();
if (second() < duration) play();
else tick();
setInterval(tick, TICK);
