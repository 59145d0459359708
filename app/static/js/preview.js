(() => {
"use strict";

// room/video.js
// A screen is whatever shows the recording. This one is a <video>: a file, or a stream.
// `at`: the second it shows; `ready`: whether it could go on; `moving`: whether it does;
// `held`: whether it was stopped and has to be told to play.
const loadScript = (address) =>
  new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = done;
    script.onerror = fail;
    document.head.append(script);
  });

// A browser that reads no streams by itself is taught to by hls.js, which is fetched only then.
const attachStream = async (video, broken) => {
  const { src, library } = video.dataset;
  if (video.canPlayType("application/vnd.apple.mpegurl")) {
    video.src = src;
    return;
  }
  try {
    await loadScript(library);
    if (!window.Hls.isSupported()) return broken();
    const stream = new window.Hls({ enableWorker: false });
    stream.on(window.Hls.Events.ERROR, (_, error) => {
      if (!error.fatal) return;
      if (error.type === window.Hls.ErrorTypes.NETWORK_ERROR && error.response?.code !== 404)
        setTimeout(() => stream.startLoad(), 2000);
      else if (error.type === window.Hls.ErrorTypes.MEDIA_ERROR) stream.recoverMediaError();
      else broken();
    });
    stream.loadSource(src);
    stream.attachMedia(video);
  } catch {
    broken();
  }
};

const videoScreen = (video, hear) => {
  let rate = 1;
  const on = (name, told) => video.addEventListener(name, told);
  on("ratechange", () => {
    if (video.playbackRate !== rate) video.playbackRate = rate;
  });
  on("contextmenu", (event) => event.preventDefault());
  on("playing", hear.playing);
  on("pause", () => !video.ended && hear.paused());
  on("ended", hear.ended);
  on("volumechange", hear.volume);
  on("timeupdate", hear.time);
  on("error", () => video.error?.code >= 3 && hear.broken());
  if (video.dataset.src) attachStream(video, hear.broken);
  return {
    seekPause: 3000,
    at: () => video.currentTime,
    ready: () => video.readyState > 1 && !video.seeking,
    waiting: () => !video.paused && video.readyState < 3,
    moving: () => !video.paused && !video.ended && !video.seeking,
    held: () => video.paused,
    over: () => video.ended,
    seek: (seconds) => {
      const last = Number.isFinite(video.duration) ? video.duration : seconds;
      video.currentTime = Math.min(seconds, last);
    },
    play: () => video.play(),
    pause: () => video.pause(),
    hush: (quiet) => {
      video.muted = quiet;
    },
    quiet: () => video.muted,
    nudge: (wanted) => {
      rate = wanted;
      if (video.playbackRate !== rate) video.playbackRate = rate;
    },
  };
};

// preview/still.js
// A previewed page: the picture stands at its second, time stands still, the closing screens turn.
const room = document.getElementById("room");
const player = document.getElementById("player");
const chat = document.getElementById("chat");
const closing = document.getElementById("closing");

const clockwork = (left) => {
  const hours = Math.floor(left / 3600);
  const rest = [Math.floor(left / 60) % 60, left % 60].map((n) => String(n).padStart(2, "0"));
  return (hours ? [hours, ...rest] : rest).join(":");
};

const holdStill = () => {
  const second = Number(room.dataset.position);
  const hear = { playing() {}, paused() {}, ended() {}, volume() {}, time() {}, broken() {} };
  const screen = videoScreen(player, hear);
  screen.hush(true);
  const seek = () => screen.seek(second);
  if (player.readyState) seek();
  else player.addEventListener("loadedmetadata", seek, { once: true });
};

const turnTo = (id, focus) => {
  for (const each of closing.querySelectorAll(".closing__screen")) each.hidden = each.id !== id;
  if (focus) document.getElementById(id).focus({ preventScroll: true });
};

if (player?.tagName === "VIDEO") holdStill();
if (chat) chat.scrollTop = chat.scrollHeight;
for (const deadline of document.querySelectorAll("[data-left]")) {
  const running = deadline.querySelector("[data-running]");
  const left = Number(deadline.dataset.left);
  if (!running || left === 0) continue;
  running.hidden = left > 86400;
  running.querySelector("[role=timer]").textContent = clockwork(left);
}
if (closing && !closing.hidden) {
  room.dataset.state = "ended";
  turnTo("ended", false);
  closing.addEventListener("click", (event) => {
    const next = event.target.closest("[data-next]")?.dataset.next;
    if (next) turnTo(next, true);
  });
}
})();
