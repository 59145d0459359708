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
