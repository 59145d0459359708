// The player.
let shown = 0; // the last second that was really on the screen
let blocked = false;
let soughtAt = -SEEK_PAUSE;

const seek = () => {
  soughtAt = performance.now();
  player.currentTime = second();
};

// Fetched only where the video is not there at once.
const showPoster = () => {
  const { poster } = player.dataset;
  if (poster && !player.poster) player.poster = poster;
};

const showStart = (visible) => {
  blocked = visible;
  start.hidden = !visible;
  if (visible) showPoster();
};

const play = async () => {
  seek();
  try {
    await player.play();
    showStart(false);
  } catch (error) {
    if (error.name !== "NotAllowedError") return;
    if (player.muted) return showStart(true);
    player.muted = true;
    await play();
  }
};

const follow = () => {
  if (player.seeking || player.readyState < 2) return;
  const drift = Math.abs(player.currentTime - second());
  if (drift > 1 && performance.now() - soughtAt > SEEK_PAUSE) seek();
};

const end = () => {
  showStart(false);
  for (const tool of room.querySelectorAll(".room__sound")) tool.hidden = true;
  document.getElementById("ended").hidden = false;
};

player.addEventListener("timeupdate", () => {
  if (!player.paused && !player.seeking) shown = Math.floor(player.currentTime);
});
player.addEventListener("ended", () => {
  shown = duration;
  end();
  ask();
});
player.addEventListener("pause", () => {
  if (!player.ended && !document.hidden && second() < duration) showStart(true);
});
player.addEventListener("playing", () => showStart(false));
player.addEventListener("volumechange", () => {
  sound.hidden = !player.muted;
});
player.addEventListener("ratechange", () => {
  if (player.playbackRate !== 1) player.playbackRate = 1;
});
player.addEventListener("contextmenu", (event) => event.preventDefault());

start.addEventListener("click", () => {
  player.muted = false;
  play();
});
sound.addEventListener("click", () => {
  player.muted = false;
});
captions?.addEventListener("click", () => {
  const track = player.textTracks[0];
  const on = track.mode !== "showing";
  track.mode = on ? "showing" : "disabled";
  captions.setAttribute("aria-pressed", String(on));
});
fullscreen.addEventListener("click", () => player.requestFullscreen());
