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

// recording/page.js
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
})();
