(() => {
"use strict";

// live/page.js
// What the broadcast's page consists of. The stage comes and goes: it is looked up when needed.
const room = document.getElementById("room");
const chat = document.getElementById("chat") ?? document.createElement("div");
const beat = document.getElementById("beat");
const own = document.getElementById("own");
const lost = document.getElementById("lost");
const TICK = 1000;
const SLEPT = 15000;
const PATIENCE = 7000; // without an answer for so long the connection is said to be lost
// Nothing of a broadcast is held back: its lines are shown when they come.
const holdsBack = () => false;

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

// live/stage.js
// The picture of a broadcast: near to its live edge, begun again by itself when the stream returns.
const QUIET = "efir-quiet";
const RETRY = 3000;
let stream = null;
let retrying = 0;

const wantsQuiet = () => {
  try {
    return sessionStorage.getItem(QUIET) === "1";
  } catch {
    return false;
  }
};
const remember = (quiet) => {
  try {
    sessionStorage.setItem(QUIET, quiet ? "1" : "");
  } catch {
    // Not remembered where nothing may be stored.
  }
};
const loadScript = (address) =>
  new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = done;
    script.onerror = fail;
    document.head.append(script);
  });

const stageOf = () => {
  const stage = document.getElementById("stage");
  const video = stage.querySelector("video#player");
  const part = (name) => stage.querySelector(name);
  return {
    stage,
    video,
    start: part(".room__start"),
    wait: part(".room__wait"),
    sound: part("[data-sound]"),
    fullscreen: part("[data-fullscreen]"),
  };
};

const showWait = (visible) => {
  const { wait } = stageOf();
  if (wait) wait.hidden = !visible;
};
// A stream that is not there yet, or broke off, is asked for until it is.
const again = () => {
  showWait(true);
  clearTimeout(retrying);
  retrying = setTimeout(attach, RETRY);
};
const withLibrary = async (video) => {
  if (!window.Hls) await loadScript(video.dataset.library);
  stream = new window.Hls({ enableWorker: false, liveSyncDurationCount: 2, maxLiveSyncPlaybackRate: 1.05 });
  stream.on(window.Hls.Events.ERROR, (_, error) => {
    if (!error.fatal) return;
    if (error.type === window.Hls.ErrorTypes.MEDIA_ERROR) stream.recoverMediaError();
    else again();
  });
  stream.loadSource(video.dataset.src);
  stream.attachMedia(video);
};
const detach = () => {
  stream?.destroy();
  stream = null;
};
const attach = async () => {
  const { video } = stageOf();
  if (!video) return;
  detach();
  try {
    if (!video.dataset.src) video.load();
    else if (video.canPlayType("application/vnd.apple.mpegurl")) video.src = video.dataset.src;
    else await withLibrary(video);
  } catch {
    return again();
  }
  play(video);
};
const showStart = (visible) => {
  const { start } = stageOf();
  if (start) start.hidden = !visible;
};
const play = async (video) => {
  try {
    await video.play();
    showStart(false);
  } catch (error) {
    if (error.name !== "NotAllowedError") return;
    if (video.muted) return showStart(true);
    video.muted = true;
    await play(video);
  }
};
const showSound = () => {
  const { video, sound } = stageOf();
  if (!sound) return;
  sound.hidden = false;
  sound.querySelector("span").textContent = video.muted ? sound.dataset.off : sound.dataset.on;
};
const setUp = () => {
  clearTimeout(retrying);
  detach();
  const { stage, video, start, sound, fullscreen } = stageOf();
  if (!video || stage.dataset.scene !== "picture") return;
  video.muted = wantsQuiet();
  video.addEventListener("playing", () => {
    showWait(false);
    showStart(false);
    showSound();
    fullscreen.hidden = !document.fullscreenEnabled;
  });
  video.addEventListener("waiting", () => showWait(true));
  video.addEventListener("volumechange", showSound);
  video.addEventListener("error", () => !stream && again());
  video.addEventListener("ended", again);
  start?.addEventListener("click", () => {
    video.muted = wantsQuiet();
    play(video);
  });
  sound?.addEventListener("click", () => {
    video.muted = !video.muted;
    remember(video.muted);
  });
  fullscreen?.addEventListener("click", () =>
    document.fullscreenElement ? document.exitFullscreen() : room.requestFullscreen(),
  );
  attach();
};

// live/state.js
// What all viewers see alike comes without a name on it: here it is marked with what is this one's.
const badge = document.getElementById("badge");
const mark = () => {
  const wanted = new Set(own.dataset.questions.split(" "));
  for (const each of document.querySelectorAll("[data-question]")) {
    const pressed = wanted.has(each.dataset.question);
    each.querySelector("[aria-pressed]")?.setAttribute("aria-pressed", String(pressed));
  }
  const poll = document.getElementById("live-poll");
  const [pollId, choice] = own.dataset.vote.split(":");
  for (const each of poll?.querySelectorAll("[data-choice]") ?? []) {
    const pressed = poll.dataset.poll === pollId && each.dataset.choice === choice;
    each.setAttribute("aria-pressed", String(pressed));
  }
};
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!detail.successful || detail.requestConfig.verb !== "post") return;
  const question = detail.elt.closest("[data-question]")?.dataset.question;
  if (question) own.dataset.questions += ` ${question}`;
  const poll = detail.elt.closest("[data-poll]")?.dataset.poll;
  if (poll) own.dataset.vote = `${poll}:${detail.requestConfig.parameters.choice}`;
  mark();
});

// What the speaker shows comes whole with any news. Where nothing of it is new but votes, they alone
// are written: a finger, a focus or a screen reader on it is not led away.
const shapeOf = (place) =>
  JSON.stringify(
    [...place.children].map((each) =>
      each.dataset.poll
        ? [each.dataset.poll, each.querySelectorAll(":disabled").length]
        : [each.id, each.getAttribute("href"), each.textContent],
    ),
  );
const countAnew = (place, fresh) => {
  const counted = fresh.querySelectorAll(".poll__votes, .poll__total, .poll__bar");
  const shown = place.querySelectorAll(".poll__votes, .poll__total, .poll__bar");
  for (const [number, each] of counted.entries()) {
    if (each.matches("progress")) Object.assign(shown[number], { max: each.max, value: each.value });
    else shown[number].textContent = each.textContent;
  }
};
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  const { target, fragment } = detail;
  if (target.id !== "timeline" || shapeOf(target) !== shapeOf(fragment)) return;
  countAnew(target, fragment);
  detail.shouldSwap = false;
});

// The stage was replaced: the broadcast began, paused, ended, or its picture moved.
let scene = document.getElementById("stage").dataset.scene;
const noticeStage = () => {
  const stage = document.getElementById("stage");
  if (stage.dataset.known) return;
  stage.dataset.known = "1";
  const changed = stage.dataset.scene !== scene;
  scene = stage.dataset.scene;
  if (["recording", "over", "cancelled"].includes(scene) && changed) return location.reload();
  if (room.dataset.kind === "live") {
    const onAir = ["picture", "outside"].includes(scene);
    badge.classList.toggle("badge--live", onAir);
    badge.classList.toggle("badge--soon", !onAir);
  }
  setUp();
  countDown();
};
document.addEventListener("htmx:oobAfterSwap", () => {
  noticeStage();
  mark();
});

// The countdown goes by the server's clock, not by the viewer's.
let counting = 0;
const countDown = () => {
  clearInterval(counting);
  const place = document.getElementById("countdown");
  if (!place) return;
  const wait = (Date.parse(place.dataset.starts) - Date.parse(place.dataset.now)) / 1000;
  const began = performance.now();
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  const show = () => {
    const seconds = Math.max(0, wait - (performance.now() - began) / 1000);
    const days = Math.floor(seconds / 86400);
    const clock = `${two((seconds / 3600) % 24)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
    const left = days ? `${days} ${place.dataset.days} ${clock}` : clock;
    place.textContent = seconds ? left : place.dataset.late;
    place.hidden = false;
  };
  show();
  counting = setInterval(show, 1000);
};

// Chat and questions share a place where there is little of it.
const tabs = [...document.querySelectorAll("[data-tab]")];
const turnTo = (wanted) => {
  for (const tab of tabs) {
    const chosen = tab === wanted;
    if (chosen) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
    document.querySelector(tab.getAttribute("href")).hidden = !chosen;
  }
  toBottom();
};
for (const tab of tabs) {
  tab.addEventListener("click", (event) => {
    event.preventDefault();
    turnTo(tab);
  });
}

// live/life.js
// Signs of life, and what is said when the connection is lost and when it is back.
let tickedAt = performance.now();
let answeredAt = performance.now();
const wake = () => window.htmx?.trigger(beat, "beat");

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.xhr.status > 0 && detail.xhr.status < 500) answeredAt = performance.now();
});
addEventListener("online", wake);
addEventListener("pageshow", (event) => event.persisted && wake());
document.addEventListener("resume", wake);
document.addEventListener("visibilitychange", () => document.hidden || wake());
addEventListener("pagehide", () => {
  navigator.sendBeacon(room.dataset.leave, new FormData(beat));
});

const tick = () => {
  const now = performance.now();
  if (now - tickedAt > SLEPT) {
    answeredAt = now;
    wake();
  }
  tickedAt = now;
  lost.hidden = now - answeredAt < PATIENCE;
};

if (tabs.length) turnTo(tabs[0]);
noticeStage();
mark();
toBottom();
setInterval(tick, TICK);
})();
