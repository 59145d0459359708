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

// room/page.js
// What the room's page consists of, found once.
const room = document.getElementById("room");
const player = document.getElementById("player");
const chat = document.getElementById("chat");
const beat = document.getElementById("beat");
const stage = room.querySelector(".room__stage");
const start = room.querySelector(".room__start");
const wait = room.querySelector(".room__wait");
const word = document.getElementById("moved");
const sound = room.querySelector("[data-sound]");
const captions = room.querySelector("[data-captions]");
const fullscreen = room.querySelector("[data-fullscreen]");
const duration = Number(room.dataset.duration);
const TICK = 500;
const SLEPT = 15000; // a pause after which the server must say again where the session is

// room/clock.js
// The clock: the server's second when the page was answered, and what has passed since.
let base = Number(room.dataset.clock ?? room.dataset.position);
let since = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
let unsure = false; // until the server has said where the session is
let askedAt = 0;
const passed = () => base + (performance.now() - since) / 1000;
const second = () => Math.min(duration, passed());

const ask = () => {
  askedAt = performance.now();
  window.htmx?.trigger(beat, "beat");
};

const setClock = (clock) => {
  const trip = (performance.now() - askedAt) / 1000;
  const told = clock + Math.min(trip, 2) / 2;
  unsure = false;
  if (Math.abs(told - passed()) <= 0.25 + Math.min(trip, 2) / 2) return;
  base = told;
  since = performance.now();
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

// room/player.js
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

// room/closing.js
// What takes the picture's place at the end: three screens, of which one is shown.
const closing = document.getElementById("closing");
const screens = [...closing.querySelectorAll(".closing__screen")];

const turnTo = (id) => {
  for (const each of screens) each.hidden = each.id !== id;
  document.getElementById(id).focus({ preventScroll: true });
};
const end = () => {
  if (!closing.hidden && room.dataset.state === "ended") return;
  showStart(false);
  setState("ended");
  document.getElementById("broken").hidden = true;
  for (const tool of room.querySelectorAll(".room__tool")) tool.hidden = true;
  if (document.fullscreenElement) document.exitFullscreen();
  for (const each of screens) each.hidden = each !== screens[0];
  closing.hidden = false;
};
closing.addEventListener("click", (event) => {
  const next = event.target.closest("[data-next]")?.dataset.next;
  if (next) turnTo(next);
});

// room/recorded.js
// Recorded lines wait on the page for their second.
const holdsBack = ({ origin, at }) => origin === "recording" && Number(at) > second();

const reveal = () => {
  for (const message of chat.querySelectorAll(".message[hidden]")) {
    if (Number(message.dataset.at) <= second()) message.hidden = false;
  }
  toBottom();
};

// room/chat.js
// The chat, the same in every room. The room's page says which lines it holds back.
let atBottom = true;
const toBottom = () => {
  if (atBottom) chat.scrollTop = chat.scrollHeight;
};

const announce = (message) => {
  const said = message.querySelector(".message__author, .message__text");
  if (message.dataset.origin !== "team" || !said) return;
  document.getElementById("announcement").textContent = message.innerText;
};

const numberOf = ({ dataset }) => Number(dataset.messageId.replace(/^c/, ""));
const written = () => [...chat.querySelectorAll('.message[data-message-id^="c"]')];

// A line that is on the page already: the later version of it stays, in its place.
const renew = (line, twin) => {
  if (Number(twin.dataset.change ?? 0) >= Number(line.dataset.change ?? 0)) return line.remove();
  if (line.matches(".gone")) twin.remove();
  else twin.replaceWith(line);
  if (line.matches(".gone")) line.remove();
};

// A line that came back: between those around it, or nowhere where they are not on the page.
const putBack = (line) => {
  const others = written().filter((other) => other !== line);
  const later = others.find((other) => numberOf(other) > numberOf(line));
  if (!later) return true;
  const reached = others.some((other) => numberOf(other) < numberOf(line));
  if (reached || !document.getElementById("earlier")) chat.insertBefore(line, later);
  else line.remove();
  return false;
};

const receive = (line, atTheEnd) => {
  const { messageId, origin, by } = line.dataset ?? {};
  if (!messageId) return;
  const same = chat.querySelectorAll(`[data-message-id="${CSS.escape(messageId)}"]`);
  const twin = [...same].find((other) => other !== line);
  const own = Boolean(by) && by === chat.dataset.me;
  if (own && line.matches(".message")) {
    line.querySelector(".message__author").textContent = chat.dataset.you;
  }
  line.hidden = line.matches(".gone") || holdsBack(line.dataset);
  if (twin) return renew(line, twin);
  if (line.matches(".gone")) return line.remove();
  if (!atTheEnd || (origin !== "recording" && !putBack(line))) return;
  if (own) atBottom = true;
  announce(line);
};

new MutationObserver((changes) => {
  for (const { addedNodes, nextSibling } of changes) {
    for (const node of addedNodes) if (node.isConnected) receive(node, !nextSibling);
  }
  toBottom();
}).observe(chat, { childList: true });
new ResizeObserver(toBottom).observe(chat);
chat.addEventListener("scroll", () => {
  atBottom = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 60;
});

let sent = "";
const field = () => document.getElementById("message");
const isOurs = (event) => event.detail.elt.id === "chat-form";

document.addEventListener("htmx:beforeRequest", (event) => {
  if (isOurs(event)) sent = field().value;
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!isOurs(event)) return;
  const { successful, xhr } = event.detail;
  document.getElementById("unsent").hidden = xhr.status > 0 && xhr.status < 500;
  if (!successful) return;
  document.getElementById("message-error")?.remove();
  if (field().value === sent) field().value = "";
});
document.addEventListener("keydown", (event) => {
  const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing;
  if (event.target.id !== "message" || !sends || !matchMedia("(pointer: fine)").matches) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

// Earlier lines come above: who reads stays at the line that was read.
let height = 0;
const isEarlier = (event) => event.detail.target?.id === "earlier";
document.addEventListener("htmx:beforeSwap", (event) => {
  if (isEarlier(event)) height = chat.scrollHeight - chat.scrollTop;
});
document.addEventListener("htmx:afterSettle", () => {
  if (!height) return;
  atBottom = false;
  chat.scrollTop = chat.scrollHeight - height;
  height = 0;
  chat.focus({ preventScroll: true });
});

// room/timeline.js
// The timeline: cues come and go by themselves; how long an offer holds is the server's to say.
const cues = document.getElementById("timeline");
const JITTER = 3000; // everybody is shown a cue at one second, and must not ask at one second

const closeOffer = (deadline) => {
  deadline.querySelector("[data-holds]").hidden = true;
  deadline.querySelector("[data-over]").hidden = false;
  const link = deadline.parentElement.querySelector("#cta");
  if (link) link.remove();
};

// `toldAt`: when the server said how many seconds are left.
const countDown = (deadline, toldAt) => {
  const endsAt = toldAt + Number(deadline.dataset.left) * 1000;
  const left = Math.max(0, Math.ceil((endsAt - performance.now()) / 1000));
  if (!deadline.isConnected || !deadline.querySelector("[data-holds]")) return;
  if (left === 0) return closeOffer(deadline);
  const running = deadline.querySelector("[data-running]");
  running.hidden = left > 86400;
  running.querySelector("[role=timer]").textContent = timecode(left);
  setTimeout(countDown, 1000, deadline, toldAt);
};

const startCounting = (part, toldAt) => {
  const found = part.matches?.("[data-left]") ? [part] : part.querySelectorAll?.("[data-left]");
  for (const deadline of found ?? []) countDown(deadline, toldAt);
};

const welcome = (part) => {
  const twins = part.id && cues.querySelectorAll(`#${CSS.escape(part.id)}`);
  if (twins?.length > 1) return part.remove();
  startCounting(part, performance.now());
  if (part.dataset && "personal" in part.dataset) setTimeout(ask, Math.random() * JITTER);
};

new MutationObserver((changes) => {
  for (const change of changes) change.addedNodes.forEach(welcome);
}).observe(cues, { childList: true, subtree: true });
startCounting(cues, since);

// Whoever has answered finds the result where the form was.
document.addEventListener("htmx:afterSwap", (event) => {
  const { id } = event.detail.target ?? {};
  if (id?.endsWith("-vote")) document.getElementById(id)?.focus({ preventScroll: true });
});

// room/life.js
// Signs of life.
let tickedAt = Date.now();
let skew = Date.now() - performance.now(); // grows while the machine sleeps
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt !== beat) return;
  askedAt = performance.now();
  event.detail.parameters.position = String(Math.min(shown, Math.ceil(second())));
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt === beat && elsewhere) event.preventDefault();
});
document.addEventListener("room:second", ({ detail }) => {
  const late = detail.clock - passed();
  const before = passed();
  setClock(detail.clock);
  if (detail.resumed) say(word.dataset.resumed.replace("{time}", timecode(detail.second)));
  else if (late > 5 || before - shown > 60) say(word.dataset.late);
});
// Another page of this registration was opened: that one goes on.
document.addEventListener("room:elsewhere", () => {
  elsewhere = true;
  screen.pause();
  showStart(false);
  setState("elsewhere");
  document.getElementById("elsewhere").hidden = false;
});

let silence = 0;
const say = (text) => {
  if (room.dataset.state === "ended" || !text) return;
  word.textContent = text;
  hushLater();
};
const hushLater = () => {
  word.hidden = false;
  clearTimeout(silence);
  silence = setTimeout(() => {
    word.hidden = true;
  }, 12000);
};

const wake = () => {
  unsure = true;
  ask();
};
addEventListener("online", wake);
addEventListener("pageshow", (event) => event.persisted && wake());
document.addEventListener("resume", wake);
document.addEventListener("visibilitychange", () => document.hidden || wake());
addEventListener("pagehide", () => {
  navigator.sendBeacon(room.dataset.leave, new FormData(beat));
});

const slept = () => {
  const now = Date.now();
  const drifted = Math.abs(now - performance.now() - skew) > 2000;
  const paused = now - tickedAt > SLEPT;
  tickedAt = now;
  if (drifted) skew = now - performance.now();
  return drifted || paused;
};
const isOver = () =>
  passed() >= duration &&
  (screen.over() || screen.held() || screen.at() >= duration || passed() > duration + 10);
const tick = () => {
  if (slept()) wake();
  if (elsewhere) return;
  if (unsure) {
    if (performance.now() - askedAt > 3000) ask();
    return;
  }
  reveal();
  wait.hidden = blocked || !screen.waiting();
  if (screen.moving() && screen.ready()) shown = Math.floor(screen.at());
  if (!screen.ready()) showPoster();
  if (isOver()) {
    if (screen.at() >= duration) shown = duration;
    end();
  } else if (!screen.held()) follow();
  else if (!blocked && !document.hidden && !screen.over()) play();
};

if (captions) captions.hidden = false;
if (!word.hidden) hushLater();
toBottom();
if (wantsQuiet()) screen.hush(true);
if (room.dataset.state === "ended") end();
else play();
setInterval(tick, TICK);
})();
