(() => {
"use strict";

// shared/timecode.js
// Seconds as a person reads them: 12:30, or 1:02:30.
const timecode = (total) => {
  const seconds = Math.max(0, Math.floor(total));
  const hours = Math.floor(seconds / 3600);
  const rest = [Math.floor(seconds / 60) % 60, seconds % 60].map((n) => String(n).padStart(2, "0"));
  return (hours ? [hours, ...rest] : rest).join(":");
};

// shared/begin.js
// A screen is told to play; without sound where the browser lets nothing sound by itself.
// Answers what came of it: it `plays`, is `held` up by the browser, or was `stopped` meanwhile.
const begin = async (screen, wanted = () => true) => {
  try {
    await screen.play();
    return "plays";
  } catch (error) {
    if (error.name !== "NotAllowedError" || !wanted()) return "stopped";
    if (screen.quiet()) return "held";
    screen.hush(true);
    return begin(screen, wanted);
  }
};

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

// room/embeds.js
// Screens that are another site's player in an iframe, spoken to by messages between windows.
// What each says and hears: `greet` until it is ready, commands, and how its reports are read.
// `saysOnce`: it takes no greeting and says by itself that it is ready, once.
const LANGUAGES = {
  youtube: (send) => {
    const command = (func, ...args) => send(JSON.stringify({ event: "command", func, args }));
    const STATES = { 0: "ended", 1: "playing", 2: "paused", 3: "waiting" };
    return {
      greet: () => send(JSON.stringify({ event: "listening", id: 1, channel: "widget" })),
      met: () => ["onStateChange", "onError"].forEach((name) => command("addEventListener", name)),
      play: () => command("playVideo"),
      pause: () => command("pauseVideo"),
      seek: (seconds) => command("seekTo", seconds, true),
      hush: (quiet) => command(quiet ? "mute" : "unMute"),
      read: ({ event, info }) => {
        if (event === "onReady" || event === "initialDelivery") {
          return { ready: true, time: info?.currentTime, muted: info?.muted };
        }
        if (event === "onError") return { broken: true };
        if (event === "onStateChange") return { state: STATES[info] };
        if (event !== "infoDelivery" || !info) return {};
        return { time: info.currentTime, muted: info.muted, state: STATES[info.playerState] };
      },
    };
  },
  vk: (send) => {
    const command = (method, more) => send({ method, ...more });
    const STATES = { started: "playing", resumed: "playing", paused: "paused", ended: "ended" };
    return {
      greet: () => command("init"),
      met: () => {},
      play: () => command("play"),
      pause: () => command("pause"),
      seek: (time) => command("seek", { time }),
      hush: (quiet) => command(quiet ? "mute" : "unmute"),
      read: ({ event, time, muted, state }) => ({
        ready: event === "inited",
        time: event === "timeupdate" || event === "seeked" ? time : undefined,
        muted,
        state: STATES[event],
        refused: event === "autoplaySoundProhibited",
        ad: { adStarted: true, adCompleted: false }[event],
        broken: event === "error" && state === "error",
      }),
    };
  },
  rutube: (send) => {
    const command = (name, data = {}) => send(JSON.stringify({ type: `player:${name}`, data }));
    const STATES = {
      playing: "playing",
      pause: "paused",
      paused: "paused",
      stopped: "paused",
      buffering: "waiting",
      completed: "ended",
    };
    const ROLLS = { play: true, complete: false };
    return {
      saysOnce: true,
      greet: () => {},
      met: () => command("hideControls"),
      play: () => command("play"),
      pause: () => command("pause"),
      seek: (time) => command("setCurrentTime", { time }),
      hush: (quiet) => command(quiet ? "mute" : "unMute"),
      read: ({ type, data }) => ({
        ready: type === "player:ready",
        time: type === "player:currentTime" ? data?.time : undefined,
        muted: type === "player:volumeChange" ? data?.muted ?? data?.volume === 0 : undefined,
        state: type === "player:playComplete" ? "ended" : STATES[data?.state],
        ad:
          { "player:adStart": true, "player:adEnd": false }[type] ??
          (type === "player:rollState" ? ROLLS[data?.state] : undefined),
        broken: type === "player:error",
      }),
    };
  },
};
const GREET_EVERY = 500;
const UNHEARD = 2000; // a word said once may have been said before this page listened
const PLAY_PATIENCE = 4000; // a player that was told to play and does not is held up by the browser
const SETTLE = 1000; // reports of the old place still come for a while after a seek

const frameScreen = (frame, hear) => {
  const { host, source } = frame.dataset;
  const known = { state: "paused", time: 0, at: performance.now(), muted: false, ad: false };
  const language = LANGUAGES[source]((message) => frame.contentWindow?.postMessage(message, "*"));
  let meet;
  const met = new Promise((done) => {
    meet = done;
  });
  let soughtTo = null;
  let readyAt = 0;
  let refuse = () => {};
  let begun = null; // while it has been told to play and does not yet

  const at = () => {
    const runs = known.state === "playing" && !known.ad;
    return known.time + (runs ? (performance.now() - known.at) / 1000 : 0);
  };
  const place = (time) => Object.assign(known, { time, at: performance.now() });
  const stale = (time) =>
    soughtTo && performance.now() - soughtTo.at < SETTLE && Math.abs(time - soughtTo.time) > 3;

  const change = (state) => {
    if (!state || state === known.state) return;
    place(at());
    known.state = state;
    if (state === "playing") {
      begun?.();
      hear.playing();
    }
    if (state === "paused" && !known.ad) hear.paused();
    if (state === "ended") hear.ended();
  };
  const introduce = () => {
    readyAt = performance.now();
    language.met();
    meet();
  };
  // To one that was spoken to before it could hear.
  const tellAgain = () => {
    if (known.muted) language.hush(true);
    language.seek(at());
    language.play();
  };
  const listen = (told) => {
    if (told.ready) introduce();
    if (told.ready && language.saysOnce && begun) tellAgain();
    if (Number.isFinite(told.time) && !stale(told.time)) place(told.time);
    if (typeof told.muted === "boolean" && told.muted !== known.muted) {
      known.muted = told.muted;
      hear.volume();
    }
    if (told.ad !== undefined) {
      place(at());
      known.ad = told.ad;
      frame.classList.toggle("is-open", told.ad);
    }
    if (told.refused) refuse();
    if (told.broken) hear.broken();
    change(told.state);
    hear.time();
  };

  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== host) return;
    try {
      const said = typeof event.data === "string" ? JSON.parse(event.data) : event.data;
      if (said && typeof said === "object") listen(language.read(said));
    } catch {
      // Not a word of the player's: its page talks to others too.
    }
  });
  const greeting = setInterval(language.greet, GREET_EVERY);
  met.then(() => clearInterval(greeting));
  if (language.saysOnce) setTimeout(() => readyAt || introduce(), UNHEARD);

  const play = async () => {
    await met;
    language.play();
    if (known.state === "playing") return;
    await new Promise((done, fail) => {
      const impatient = setInterval(() => {
        const early = performance.now() - readyAt < PLAY_PATIENCE;
        if (!early && known.state !== "waiting" && !known.ad) refuse();
      }, PLAY_PATIENCE);
      const settle = (finish, outcome) => () => {
        clearInterval(impatient);
        begun = null;
        finish(outcome);
      };
      begun = settle(done);
      refuse = settle(fail, new DOMException("held up", "NotAllowedError"));
    });
  };
  return {
    seekPause: 5000,
    at,
    ready: () => !known.ad && (known.state === "playing" || known.state === "waiting"),
    waiting: () => known.state === "waiting",
    moving: () => known.state === "playing" && !known.ad,
    held: () => known.state === "paused" && !known.ad,
    over: () => known.state === "ended",
    seek: (seconds) => {
      soughtTo = { at: performance.now(), time: seconds };
      place(seconds);
      met.then(() => language.seek(seconds));
    },
    play,
    pause: () => language.pause(),
    hush: (quiet) => {
      known.muted = quiet;
      met.then(() => language.hush(quiet));
      hear.volume();
    },
    quiet: () => known.muted,
  };
};

// preview/still.js
// A previewed page: the picture stands at its second, time stands still, the closing screens turn.
const room = document.getElementById("room");
const player = document.getElementById("player");
const chat = document.getElementById("chat");
const closing = document.getElementById("closing");
const position = Number(room?.dataset.position ?? 0);
const shows = Boolean(player?.dataset.src || player?.getAttribute("src"));
const screenOf = player?.tagName === "IFRAME" ? frameScreen : videoScreen;
const screen =
  player &&
  screenOf(player, {
    playing: () => ticking || starting || screen.pause(),
    paused: () => ticking && stop(),
    ended() {},
    volume() {},
    time() {},
    broken: () => {
      document.getElementById("broken").hidden = !shows;
    },
  });

// Another site's player was opened at its second, and some begin to play when they are sought.
const holdStill = () => {
  if (player.tagName === "IFRAME") return;
  const seek = () => screen.seek(position);
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
    running.querySelector("[role=timer]").textContent = timecode(left);
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
const said = document.getElementById("preview-said");
const PARTS = ["timeline", "chat"];
const TICK = 250;
const PATIENCE = 15000; // another site's player may not answer at all
let ticking = 0;
let starting = false;
let stands = position; // the second from which time will be let run
let told = -1;
let askedFor = position;
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
  what.textContent = what.textContent.replace(/[\d:]+$/, timecode(second));
  tell(second, false);
};

const showRun = () => {
  run.textContent = ticking || starting ? run.dataset.on : run.dataset.off;
};
const stop = () => {
  clearInterval(ticking);
  ticking = 0;
  screen.pause();
  showRun();
  stands = screen.at();
  tell(Math.floor(stands), true);
};
const silence = () => new Promise((done) => setTimeout(done, PATIENCE, "held"));
const start = async () => {
  starting = true;
  showRun();
  said.textContent = "";
  screen.hush(false);
  screen.seek(stands);
  const outcome = await Promise.race([begin(screen), silence()]);
  starting = false;
  if (outcome === "plays") ticking = setInterval(tick, TICK);
  else screen.pause();
  if (!ticking) said.textContent = bar.dataset.held;
  else if (screen.quiet()) said.textContent = bar.dataset.quiet;
  showRun();
};

if (screen && shows && document.getElementById("chat") && room.dataset.state !== "ended") {
  run.hidden = false;
  run.addEventListener("click", () => starting || (ticking ? stop() : start()));
}
})();
