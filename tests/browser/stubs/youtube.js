// YouTube's iframe API: JSON strings, silence until greeted.
let met = false;
const state = () => (film.since === null ? 2 : 1);
const tell = (event, info) => met && say(JSON.stringify({ event, info, id: 1 }));
const COMMANDS = {
  playVideo: () => {
    if (window.shut || (window.holdsSound && !film.muted)) return;
    filmPlay();
    tell("onStateChange", 3);
    tell("onStateChange", 1);
  },
  pauseVideo: () => {
    filmPause();
    tell("onStateChange", 2);
  },
  seekTo: (seconds) => filmSeek(seconds),
  mute: () => (film.muted = true),
  unMute: () => (film.muted = false),
  addEventListener: () => {},
};
addEventListener("message", ({ data }) => {
  const { event, func, args } = JSON.parse(data);
  told.push(func ? [func, ...(args ?? [])] : [event]);
  if (event === "listening" && !met) {
    met = true;
    tell("initialDelivery", { currentTime: 0, playerState: -1, muted: false });
    tell("onReady");
  }
  if (event === "command") COMMANDS[func](...args);
});
setInterval(() => {
  tell("infoDelivery", { currentTime: filmTime(), playerState: state(), muted: film.muted });
}, 250);
