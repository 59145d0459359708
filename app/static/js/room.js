(() => {
"use strict";

// room/page.js
// What the room's page consists of, found once.
const room = document.getElementById("room");
const player = document.getElementById("player");
const chat = document.getElementById("chat");
const beat = document.getElementById("beat");
const start = room.querySelector(".room__start");
const sound = room.querySelector("[data-sound]");
const captions = room.querySelector("[data-captions]");
const fullscreen = room.querySelector("[data-fullscreen]");
const duration = Number(room.dataset.duration);
const TICK = 500;
const SLEPT = 15000; // a pause after which the server must say again where the session is
const SEEK_PAUSE = 3000;

// room/clock.js
// The clock: the server's second when the page was answered, and what has passed since.
let base = Number(room.dataset.position);
let since = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
let unsure = false;
const second = () => Math.min(duration, base + (performance.now() - since) / 1000);

const ask = () => window.htmx?.trigger(beat, "beat");

const setClock = (told) => {
  unsure = false;
  if (Math.abs(told + 0.5 - second()) <= 1.5) return;
  base = told;
  since = performance.now();
};

// room/player.js
// The player.
let shown = 0; // the last second that was really on the screen
let blocked = false;
let soughtAt = -SEEK_PAUSE;

const seek = () => {
  soughtAt = performance.now();
  player.currentTime = second();
};

// Fetched only where the video is not there at once.
const showPoster = () => {
  const { poster } = player.dataset;
  if (poster && !player.poster) player.poster = poster;
};

const showStart = (visible) => {
  blocked = visible;
  start.hidden = !visible;
  if (visible) showPoster();
};

const play = async () => {
  seek();
  try {
    await player.play();
    showStart(false);
  } catch (error) {
    if (error.name !== "NotAllowedError") return;
    if (player.muted) return showStart(true);
    player.muted = true;
    await play();
  }
};

const follow = () => {
  if (player.seeking || player.readyState < 2) return;
  const drift = Math.abs(player.currentTime - second());
  if (drift > 1 && performance.now() - soughtAt > SEEK_PAUSE) seek();
};

const end = () => {
  showStart(false);
  for (const tool of room.querySelectorAll(".room__sound")) tool.hidden = true;
  document.getElementById("ended").hidden = false;
};

player.addEventListener("timeupdate", () => {
  if (!player.paused && !player.seeking) shown = Math.floor(player.currentTime);
});
player.addEventListener("ended", () => {
  shown = duration;
  end();
  ask();
});
player.addEventListener("pause", () => {
  if (!player.ended && !document.hidden && second() < duration) showStart(true);
});
player.addEventListener("playing", () => showStart(false));
player.addEventListener("volumechange", () => {
  sound.hidden = !player.muted;
});
player.addEventListener("ratechange", () => {
  if (player.playbackRate !== 1) player.playbackRate = 1;
});
player.addEventListener("contextmenu", (event) => event.preventDefault());

start.addEventListener("click", () => {
  player.muted = false;
  play();
});
sound.addEventListener("click", () => {
  player.muted = false;
});
captions?.addEventListener("click", () => {
  const track = player.textTracks[0];
  const on = track.mode !== "showing";
  track.mode = on ? "showing" : "disabled";
  captions.setAttribute("aria-pressed", String(on));
});
fullscreen.addEventListener("click", () => player.requestFullscreen());

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

const receive = (message) => {
  const { messageId, origin } = message.dataset ?? {};
  if (!messageId) return;
  const twins = chat.querySelectorAll(`[data-message-id="${CSS.escape(messageId)}"]`);
  if (twins.length > 1) return message.remove();
  message.hidden = holdsBack(message.dataset);
  if (origin === "viewer") atBottom = true;
  announce(message);
};

new MutationObserver((changes) => {
  for (const change of changes) change.addedNodes.forEach(receive);
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

// room/timeline.js
// The timeline: cues come and go by themselves; how long an offer holds is the server's to say.
const cues = document.getElementById("timeline");
const JITTER = 3000; // everybody is shown a cue at one second, and must not ask at one second

const clockwork = (left) => {
  const hours = Math.floor(left / 3600);
  const rest = [Math.floor(left / 60) % 60, left % 60].map((n) => String(n).padStart(2, "0"));
  return (hours ? [hours, ...rest] : rest).join(":");
};

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
  running.querySelector("[role=timer]").textContent = clockwork(left);
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
let tickedAt = performance.now();
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt === beat) event.detail.parameters.position = String(shown);
});
document.addEventListener("room:second", (event) => setClock(event.detail.second));

const wake = () => {
  unsure = true;
  ask();
};
addEventListener("online", wake);
addEventListener("pageshow", (event) => event.persisted && wake());
addEventListener("pagehide", () => {
  navigator.sendBeacon(room.dataset.leave, new FormData(beat));
});

const tick = () => {
  const now = performance.now();
  const slept = now - tickedAt > SLEPT;
  tickedAt = now;
  if (slept) wake();
  if (unsure) return;
  reveal();
  if (player.readyState < 2) showPoster();
  if (second() >= duration) {
    if (player.paused || player.ended) end();
  } else if (!player.paused) follow();
  else if (!blocked && !player.ended) play();
};

if (captions) captions.hidden = false;
fullscreen.hidden = !player.requestFullscreen;
toBottom();
if (second() < duration) play();
else tick();
setInterval(tick, TICK);
})();
