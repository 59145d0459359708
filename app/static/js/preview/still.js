// A previewed page: the picture stands at its second, time stands still, the closing screens turn.
const room = document.getElementById("room");
const player = document.getElementById("player");
const chat = document.getElementById("chat");
const closing = document.getElementById("closing");
const position = Number(room?.dataset.position ?? 0);
const shows = Boolean(player?.dataset.src || player?.getAttribute("src"));
const screenOf = player?.tagName === "IFRAME" ? frameScreen : videoScreen;
const screen =
  player &&
  screenOf(player, {
    playing: () => ticking || starting || screen.pause(),
    paused: () => ticking && stop(),
    ended() {},
    volume() {},
    time() {},
    broken: () => {
      document.getElementById("broken").hidden = !shows;
    },
  });

// Another site's player was opened at its second, and some begin to play when they are sought.
const holdStill = () => {
  if (player.tagName === "IFRAME") return;
  const seek = () => screen.seek(position);
  screen.hush(true);
  if (player.readyState) seek();
  else player.addEventListener("loadedmetadata", seek, { once: true });
};

// How long offers hold, `passed` seconds after the page was answered.
const showDeadlines = (passed) => {
  for (const deadline of document.querySelectorAll("[data-left]")) {
    const running = deadline.querySelector("[data-running]");
    const left = Number(deadline.dataset.left) - passed;
    if (!running || left <= 0) continue;
    running.hidden = left > 86400;
    running.querySelector("[role=timer]").textContent = timecode(left);
  }
};

const toNewest = () => {
  if (chat) chat.scrollTop = chat.scrollHeight;
};

const turnTo = (id, focus) => {
  for (const each of closing.querySelectorAll(".closing__screen")) each.hidden = each.id !== id;
  if (focus) document.getElementById(id).focus({ preventScroll: true });
};

if (screen) holdStill();
toNewest();
showDeadlines(0);
if (closing && !closing.hidden) {
  room.dataset.state = "ended";
  turnTo("ended", false);
  closing.addEventListener("click", (event) => {
    const next = event.target.closest("[data-next]")?.dataset.next;
    if (next) turnTo(next, true);
  });
}
