// A player without a picture: what the three stand-ins share. It counts seconds, and notes what it
// was told and what it said, for the test to read.
window.told = [];
window.words = [];
window.film = { at: 0, since: null, muted: false };
window.filmTime = () =>
  film.at + (film.since === null ? 0 : (performance.now() - film.since) / 1000);
window.filmPlay = () => {
  if (film.since === null) film.since = performance.now();
};
window.filmPause = () => {
  film.at = filmTime();
  film.since = null;
};
window.filmSeek = (seconds) => {
  film.at = seconds;
  if (film.since !== null) film.since = performance.now();
};
window.say = (message) => {
  words.push(message);
  parent.postMessage(message, "*");
};
