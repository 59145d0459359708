// The recording at one's own pace: back as one likes, forward as far as was seen.
const room = document.getElementById("room");
const player = document.getElementById("player");
const beat = document.getElementById("beat");
const timeline = document.getElementById("timeline");
const controls = room.querySelector("[data-controls]");
const toggle = room.querySelector("[data-play]");
const line = document.getElementById("rewind");
const time = room.querySelector("[data-time]");
const sound = room.querySelector("[data-sound]");
const captions = room.querySelector("[data-captions]");
const fullscreen = room.querySelector("[data-fullscreen]");
const duration = Number(room.dataset.duration);
const EVERY = Number(room.dataset.every) * 1000;
const TICK = 250;
const JUMP = 1.5; // what is more than a moment ahead of what was seen was not watched
let reached = Number(room.dataset.reached);
let place = Number(room.dataset.position);
let holding = false; // the finger is on the line
let elsewhere = false;
let toldAt = 0;
let told = -1;

const showPlay = () => {
  toggle.textContent = screen.moving() ? toggle.dataset.on : toggle.dataset.off;
};
const showSound = () => {
  sound.hidden = false;
  sound.querySelector("span").textContent = screen.quiet() ? sound.dataset.off : sound.dataset.on;
};
const showPlace = (at) => {
  const whole = Math.floor(at);
  if (!holding) line.value = String(whole);
  time.textContent = `${timecode(whole)} / ${timecode(duration)}`;
  line.setAttribute(
    "aria-valuetext",
    line.dataset.of
      .replace("{at}", timecode(whole))
      .replace("{all}", timecode(duration))
      .replace("{seen}", timecode(Math.floor(reached))),
  );
};

const tell = () => {
  if (elsewhere) return;
  toldAt = performance.now();
  told = Math.floor(place);
  beat.elements.position.value = String(Math.min(told, duration));
  const shown = [...timeline.querySelectorAll("section[data-cue]")].map(({ dataset }) => dataset.cue);
  beat.elements.cues.value = shown.join(",");
  window.htmx?.trigger(beat, "beat");
};

const screen = (player.tagName === "IFRAME" ? frameScreen : videoScreen)(player, {
  playing: () => {
    showPlay();
    showSound();
  },
  paused: () => {
    showPlay();
    tell();
  },
  ended: () => {
    reached = Math.max(reached, Math.min(duration, place + JUMP));
    if (reached > duration - JUMP) place = reached = duration;
    showPlay();
    tell();
  },
  volume: showSound,
  time: () => {},
  broken: () => {
    if (!elsewhere) document.getElementById("broken").hidden = false;
  },
});

const go = (wanted) => {
  place = Math.max(0, Math.min(wanted, reached));
  screen.seek(place);
  showPlace(place);
  tell();
};

const tick = () => {
  if (elsewhere || !screen.moving()) return;
  const at = screen.at();
  if (at > reached + JUMP) return go(reached);
  place = at;
  reached = Math.min(duration, Math.max(reached, at));
  showPlace(at);
  if (performance.now() - toldAt >= EVERY && Math.floor(at) !== told) tell();
};

toggle.addEventListener("click", () => {
  if (screen.moving()) return screen.pause();
  if (screen.over() || place >= duration) go(0);
  screen.play().then(showPlay, showPlay);
});
line.addEventListener("input", () => {
  holding = true;
  if (Number(line.value) > reached) line.value = String(Math.floor(reached));
});
line.addEventListener("change", () => {
  holding = false;
  go(Number(line.value));
});
sound.addEventListener("click", () => screen.hush(!screen.quiet()));
captions?.addEventListener("click", () => {
  const track = player.textTracks[0];
  const on = track.mode !== "showing";
  track.mode = on ? "showing" : "disabled";
  captions.setAttribute("aria-pressed", String(on));
});
fullscreen.addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else room.requestFullscreen();
});
document.addEventListener("fullscreenchange", () => {
  fullscreen.setAttribute("aria-pressed", String(Boolean(document.fullscreenElement)));
});
document.addEventListener("room:elsewhere", () => {
  elsewhere = true;
  screen.pause();
  document.getElementById("elsewhere").hidden = false;
});
addEventListener("pagehide", () => {
  navigator.sendBeacon(room.dataset.leave, new FormData(beat));
});

controls.hidden = false;
fullscreen.hidden = !document.fullscreenEnabled;
if (captions) captions.hidden = false;
showPlace(place);
if (place > 0) screen.seek(place);
setInterval(tick, TICK);
