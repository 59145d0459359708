// The picture of a broadcast: near to its live edge, begun again by itself when the stream returns.
const QUIET = "efir-quiet";
const RETRY = 3000;
let stream = null;
let retrying = 0;

const wantsQuiet = () => {
  try {
    return sessionStorage.getItem(QUIET) === "1";
  } catch {
    return false;
  }
};
const remember = (quiet) => {
  try {
    sessionStorage.setItem(QUIET, quiet ? "1" : "");
  } catch {
    // Not remembered where nothing may be stored.
  }
};
const loadScript = (address) =>
  new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = done;
    script.onerror = fail;
    document.head.append(script);
  });

const stageOf = () => {
  const stage = document.getElementById("stage");
  const video = stage.querySelector("video#player");
  const part = (name) => stage.querySelector(name);
  return {
    stage,
    video,
    start: part(".room__start"),
    wait: part(".room__wait"),
    sound: part("[data-sound]"),
    fullscreen: part("[data-fullscreen]"),
  };
};

const showWait = (visible) => {
  const { wait } = stageOf();
  if (wait) wait.hidden = !visible;
};
// A stream that is not there yet, or broke off, is asked for until it is.
const again = () => {
  showWait(true);
  clearTimeout(retrying);
  retrying = setTimeout(attach, RETRY);
};
const withLibrary = async (video) => {
  if (!window.Hls) await loadScript(video.dataset.library);
  stream = new window.Hls({ enableWorker: false, liveSyncDurationCount: 2, maxLiveSyncPlaybackRate: 1.05 });
  stream.on(window.Hls.Events.ERROR, (_, error) => {
    if (!error.fatal) return;
    if (error.type === window.Hls.ErrorTypes.MEDIA_ERROR) stream.recoverMediaError();
    else again();
  });
  stream.loadSource(video.dataset.src);
  stream.attachMedia(video);
};
const detach = () => {
  stream?.destroy();
  stream = null;
};
const attach = async () => {
  const { video } = stageOf();
  if (!video) return;
  detach();
  try {
    if (!video.dataset.src) video.load();
    else if (video.canPlayType("application/vnd.apple.mpegurl")) video.src = video.dataset.src;
    else await withLibrary(video);
  } catch {
    return again();
  }
  play(video);
};
const showStart = (visible) => {
  const { start } = stageOf();
  if (start) start.hidden = !visible;
};
const play = async (video) => {
  try {
    await video.play();
    showStart(false);
  } catch (error) {
    if (error.name !== "NotAllowedError") return;
    if (video.muted) return showStart(true);
    video.muted = true;
    await play(video);
  }
};
const showSound = () => {
  const { video, sound } = stageOf();
  if (!sound) return;
  sound.hidden = false;
  sound.querySelector("span").textContent = video.muted ? sound.dataset.off : sound.dataset.on;
};
const setUp = () => {
  clearTimeout(retrying);
  detach();
  const { stage, video, start, sound, fullscreen } = stageOf();
  if (!video || stage.dataset.scene !== "picture") return;
  video.muted = wantsQuiet();
  video.addEventListener("playing", () => {
    showWait(false);
    showStart(false);
    showSound();
    fullscreen.hidden = !document.fullscreenEnabled;
  });
  video.addEventListener("waiting", () => showWait(true));
  video.addEventListener("volumechange", showSound);
  video.addEventListener("error", () => !stream && again());
  video.addEventListener("ended", again);
  start?.addEventListener("click", () => {
    video.muted = wantsQuiet();
    play(video);
  });
  sound?.addEventListener("click", () => {
    video.muted = !video.muted;
    remember(video.muted);
  });
  fullscreen?.addEventListener("click", () =>
    document.fullscreenElement ? document.exitFullscreen() : room.requestFullscreen(),
  );
  attach();
};
