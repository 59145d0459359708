// VK Video's: objects with a `method`, and events that carry the whole state.
let met = false;
const state = () => (film.since === null ? "paused" : "playing");
const tell = (event) =>
  met && say({ event, state: state(), time: filmTime(), muted: film.muted, volume: 1, duration: 160 });
const COMMANDS = {
  init: () => {
    if (!met) {
      met = true;
      tell("inited");
    }
  },
  play: () => {
    if (window.shut || (window.holdsSound && !film.muted)) return tell("autoplaySoundProhibited");
    filmPlay();
    tell("started");
  },
  pause: () => {
    filmPause();
    tell("paused");
  },
  seek: ({ time }) => {
    filmSeek(time);
    tell("seeked");
  },
  mute: () => {
    film.muted = true;
    tell("volumechange");
  },
  unmute: () => {
    film.muted = false;
    tell("volumechange");
  },
};
addEventListener("message", ({ data }) => {
  told.push([data.method, ...(data.time === undefined ? [] : [data.time])]);
  COMMANDS[data.method](data);
});
window.advertise = (begins) => {
  if (begins) {
    filmPause();
    say({ event: "adStarted", state: "playing", time: filmTime(), muted: false });
  } else {
    filmPlay();
    say({ event: "adCompleted", state: "playing", time: filmTime(), muted: false });
  }
};
setInterval(() => film.since !== null && tell("timeupdate"), 500);
