// A previewed page: the picture stands at its second, time stands still, the closing screens turn.
const room = document.getElementById("room");
const player = document.getElementById("player");
const chat = document.getElementById("chat");
const closing = document.getElementById("closing");

const clockwork = (left) => {
  const hours = Math.floor(left / 3600);
  const rest = [Math.floor(left / 60) % 60, left % 60].map((n) => String(n).padStart(2, "0"));
  return (hours ? [hours, ...rest] : rest).join(":");
};

const holdStill = () => {
  const second = Number(room.dataset.position);
  const hear = { playing() {}, paused() {}, ended() {}, volume() {}, time() {}, broken() {} };
  const screen = videoScreen(player, hear);
  screen.hush(true);
  const seek = () => screen.seek(second);
  if (player.readyState) seek();
  else player.addEventListener("loadedmetadata", seek, { once: true });
};

const turnTo = (id, focus) => {
  for (const each of closing.querySelectorAll(".closing__screen")) each.hidden = each.id !== id;
  if (focus) document.getElementById(id).focus({ preventScroll: true });
};

if (player?.tagName === "VIDEO") holdStill();
if (chat) chat.scrollTop = chat.scrollHeight;
for (const deadline of document.querySelectorAll("[data-left]")) {
  const running = deadline.querySelector("[data-running]");
  const left = Number(deadline.dataset.left);
  if (!running || left === 0) continue;
  running.hidden = left > 86400;
  running.querySelector("[role=timer]").textContent = clockwork(left);
}
if (closing && !closing.hidden) {
  room.dataset.state = "ended";
  turnTo("ended", false);
  closing.addEventListener("click", (event) => {
    const next = event.target.closest("[data-next]")?.dataset.next;
    if (next) turnTo(next, true);
  });
}
