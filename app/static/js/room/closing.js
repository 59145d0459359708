// What takes the picture's place at the end: three screens, of which one is shown.
const closing = document.getElementById("closing");
const screens = [...closing.querySelectorAll(".closing__screen")];

const turnTo = (id) => {
  for (const each of screens) each.hidden = each.id !== id;
  document.getElementById(id).focus({ preventScroll: true });
};
const end = () => {
  if (!closing.hidden && room.dataset.state === "ended") return;
  showStart(false);
  setState("ended");
  document.getElementById("broken").hidden = true;
  for (const tool of room.querySelectorAll(".room__tool")) tool.hidden = true;
  if (document.fullscreenElement) document.exitFullscreen();
  for (const each of screens) each.hidden = each !== screens[0];
  closing.hidden = false;
};
closing.addEventListener("click", (event) => {
  const next = event.target.closest("[data-next]")?.dataset.next;
  if (next) turnTo(next);
});
