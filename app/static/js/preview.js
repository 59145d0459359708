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
const deaf = { playing() {}, paused() {}, ended() {}, volume() {}, time() {}, broken() {} };
const screen = player?.tagName === "VIDEO" ? videoScreen(player, deaf) : null;

const clockwork = (left) => {
  const hours = Math.floor(left / 3600);
  const rest = [Math.floor(left / 60) % 60, left % 60].map((n) => String(n).padStart(2, "0"));
  return (hours ? [hours, ...rest] : rest).join(":");
};

const holdStill = () => {
  const seek = () => screen.seek(Number(room.dataset.position));
  screen.hush(true);
  if (player.readyState) seek();
  else player.addEventListener("loadedmetadata", seek, { once: true });
};

// How long offers hold, `passed` seconds after the page was answered.
const showDeadlines = (passed) => {
  for (const deadline of document.querySelectorAll("[data-left]")) {
    const running = deadline.querySelector("[data-running]");
    const left = Number(deadline.dataset.left) - passed;
    if (!running || left <= 0) continue;
    running.hidden = left > 86400;
    running.querySelector("[role=timer]").textContent = clockwork(left);
  }
};

const toNewest = () => {
  if (chat) chat.scrollTop = chat.scrollHeight;
};

const turnTo = (id, focus) => {
  for (const each of closing.querySelectorAll(".closing__screen")) each.hidden = each.id !== id;
  if (focus) document.getElementById(id).focus({ preventScroll: true });
};

if (screen) holdStill();
toNewest();
showDeadlines(0);
if (closing && !closing.hidden) {
  room.dataset.state = "ended";
  turnTo("ended", false);
  closing.addEventListener("click", (event) => {
    const next = event.target.closest("[data-next]")?.dataset.next;
    if (next) turnTo(next, true);
  });
}

// preview/running.js
// Time may be let run: the picture plays on, and at each second at which something changes the page
// is asked for as it is then. Whoever frames it is told the second.
const bar = document.querySelector(".preview-bar");
const run = bar.querySelector("[data-run]");
const what = bar.querySelector("strong"); // «Предпросмотр: 12:34»
const PARTS = ["timeline", "chat"];
const TICK = 250;
let ticking = 0;
let told = -1;
let askedFor = Number(room?.dataset.position ?? 0);
let asking = false;

const addressAt = (second) => {
  const address = new URL(location.href);
  address.searchParams.set("by", "second");
  address.searchParams.set("second", String(second));
  return address;
};

const tell = (second, stopped) => {
  if (parent !== window) parent.postMessage({ second, stopped }, location.origin);
};

const take = (page, second) => {
  for (const id of PARTS) {
    document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
    window.htmx?.process(document.getElementById(id));
  }
  bar.dataset.next = page.querySelector(".preview-bar").dataset.next;
  askedFor = second;
  toNewest();
};

const renew = async (second) => {
  asking = true;
  try {
    const answer = await fetch(addressAt(second));
    if (!answer.ok) throw new Error(String(answer.status));
    take(new DOMParser().parseFromString(await answer.text(), "text/html"), second);
  } catch {
    stop();
  }
  asking = false;
};

const tick = () => {
  const second = Math.floor(screen.at());
  if (screen.over() || second >= Number(room.dataset.duration)) {
    tell(Number(room.dataset.duration), true);
    return location.replace(addressAt(room.dataset.duration));
  }
  if (bar.dataset.next && second >= Number(bar.dataset.next) && !asking) renew(second);
  showDeadlines(second - askedFor);
  if (second === told) return;
  told = second;
  what.textContent = what.textContent.replace(/[\d:]+$/, clockwork(second));
  tell(second, false);
};

const showRun = () => {
  run.textContent = ticking ? run.dataset.on : run.dataset.off;
};
const stop = () => {
  clearInterval(ticking);
  ticking = 0;
  screen.pause();
  showRun();
  tell(Math.floor(screen.at()), true);
};
const start = () => {
  screen.hush(false);
  ticking = setInterval(tick, TICK);
  screen.play().then(showRun, stop);
};

if (screen && document.getElementById("chat") && room.dataset.state !== "ended") {
  run.hidden = false;
  run.addEventListener("click", () => (ticking ? stop() : start()));
}
})();
