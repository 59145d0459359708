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
