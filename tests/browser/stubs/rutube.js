// Rutube's: JSON strings of `type` and `data`; it greets by itself, and hears nothing before.
let ready = false;
window.deaf = [];
const tell = (name, data = {}) => say(JSON.stringify({ type: `player:${name}`, data }));
const COMMANDS = {
  play: () => {
    if (window.shut || (window.holdsSound && !film.muted)) return;
    filmPlay();
    tell("changeState", { state: "playing" });
  },
  pause: () => {
    filmPause();
    tell("changeState", { state: "pause" });
  },
  setCurrentTime: ({ time }) => filmSeek(time),
  mute: () => {
    film.muted = true;
    tell("volumeChange", { volume: 1, muted: true });
  },
  unMute: () => {
    film.muted = false;
    tell("volumeChange", { volume: 1, muted: false });
  },
  hideControls: () => {},
};
addEventListener("message", ({ data }) => {
  const { type, data: more } = JSON.parse(data);
  const name = type.replace("player:", "");
  if (!ready) return deaf.push(name);
  told.push([name, ...(more.time === undefined ? [] : [more.time])]);
  COMMANDS[name](more);
});
setInterval(() => film.since !== null && tell("currentTime", { time: filmTime() }), 500);
setTimeout(() => {
  ready = true;
  tell("ready", { videoId: "x" });
}, window.readyAfter ?? 50);
