// The picture is kept in step with the clock: a little behind or ahead it is nudged, more is sought.
const FAR = 0.9; // seconds
const NEAR = 0.25;
const CLOSE = 0.08;
const NUDGE = 0.05; // of its speed, which nobody hears
const LONGEST_PAUSE = 12000;
const QUIET = "efir-quiet";
let shown = 0; // the last second that was really on the screen
let blocked = false;
let elsewhere = false;
let starting = false;
let soughtAt = -LONGEST_PAUSE;
let seekPause = 0;
let lead = 0; // how long a seek lately took, by which the next one aims ahead
let weighed = true;

const setState = (state) => {
  room.dataset.state = state;
};
const showStart = (visible) => {
  blocked = visible;
  start.hidden = !visible;
  if (visible) {
    setState("blocked");
    showPoster();
  }
};
// Fetched only where the video is not there at once.
const showPoster = () => {
  const { poster } = player.dataset;
  if (poster && !player.poster) player.poster = poster;
};
const showSound = () => {
  const quiet = screen.quiet();
  sound.hidden = false;
  sound.dataset.quiet = String(quiet);
  sound.querySelector("span").textContent = quiet ? sound.dataset.off : sound.dataset.on;
};

const screen = (player.tagName === "IFRAME" ? frameScreen : videoScreen)(player, {
  playing: () => {
    showStart(false);
    setState("playing");
    showSound();
    fullscreen.hidden = !document.fullscreenEnabled;
  },
  paused: () => {
    if (elsewhere || document.hidden || passed() >= duration) return;
    showStart(true);
  },
  ended: () => {
    if (passed() < duration - 5) return; // shorter than was said: the clock runs on
    shown = duration;
    end();
    ask();
  },
  volume: () => room.dataset.state === "playing" && showSound(),
  time: () => Date.now() - tickedAt > 2 * TICK && tick(),
  broken: () => {
    if (elsewhere || passed() >= duration) return;
    document.getElementById("broken").hidden = false;
  },
});

const seek = () => {
  soughtAt = performance.now();
  weighed = false;
  screen.seek(second() + lead);
};

const play = async () => {
  if (starting) return;
  starting = true;
  seek();
  try {
    const outcome = await begin(screen, () => !elsewhere);
    if (outcome === "plays") showStart(false);
    if (outcome === "held") showStart(true);
  } finally {
    starting = false;
  }
};

const learn = (drift) => {
  weighed = true;
  lead = Math.min(1.5, Math.max(0, lead - drift / 2));
};
const follow = () => {
  if (!screen.ready()) return;
  const drift = screen.at() - second();
  const far = Math.abs(drift);
  if (!weighed && screen.moving() && far < 1.5) learn(drift);
  if (far <= FAR) {
    seekPause = screen.seekPause;
    return nudge(drift, far);
  }
  screen.nudge?.(1);
  // A line that is slow gets more and more time to bring what was sought; one that runs is sought.
  const patience = screen.waiting() ? seekPause : Math.min(seekPause, screen.seekPause);
  if (performance.now() - soughtAt < patience) return;
  seekPause = Math.min(LONGEST_PAUSE, seekPause * 2 || screen.seekPause);
  seek();
};
const nudge = (drift, far) => {
  if (far < CLOSE) screen.nudge?.(1);
  else if (far > NEAR) screen.nudge?.(drift < 0 ? 1 + NUDGE : 1 - NUDGE);
};

const quieten = (quiet) => {
  screen.hush(quiet);
  try {
    sessionStorage.setItem(QUIET, quiet ? "1" : "");
  } catch {
    // Not remembered where nothing may be stored.
  }
};
const wantsQuiet = () => {
  try {
    return sessionStorage.getItem(QUIET) === "1";
  } catch {
    return false;
  }
};

start.addEventListener("click", () => {
  screen.hush(wantsQuiet());
  play();
});
sound.addEventListener("click", () => quieten(!screen.quiet()));
captions?.addEventListener("click", () => {
  const track = player.textTracks[0];
  const on = track.mode !== "showing";
  track.mode = on ? "showing" : "disabled";
  captions.setAttribute("aria-pressed", String(on));
});
// The room itself goes to the full screen, so that an offer still has a place on it.
fullscreen.addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else room.requestFullscreen();
});
document.addEventListener("fullscreenchange", () => {
  fullscreen.setAttribute("aria-pressed", String(Boolean(document.fullscreenElement)));
});
// Single keys, and only while the focus is here: they must not surprise who types or dictates.
stage.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const tool = { KeyM: sound, KeyC: captions, KeyF: fullscreen }[event.code];
  if (!tool || tool.hidden) return;
  event.preventDefault();
  tool.click();
});
