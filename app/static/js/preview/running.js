// Time may be let run: the picture plays on, and at each second at which something changes the page
// is asked for as it is then. Whoever frames it is told the second.
const bar = document.querySelector(".preview-bar");
const run = bar.querySelector("[data-run]");
const what = bar.querySelector("strong"); // «Предпросмотр: 12:34»
const PARTS = ["timeline", "chat"];
const TICK = 250;
let ticking = 0;
let told = -1;
let askedFor = Number(room?.dataset.position ?? 0);
let asking = false;

const addressAt = (second) => {
  const address = new URL(location.href);
  address.searchParams.set("by", "second");
  address.searchParams.set("second", String(second));
  return address;
};

const tell = (second, stopped) => {
  if (parent !== window) parent.postMessage({ second, stopped }, location.origin);
};

const take = (page, second) => {
  for (const id of PARTS) {
    document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
    window.htmx?.process(document.getElementById(id));
  }
  bar.dataset.next = page.querySelector(".preview-bar").dataset.next;
  askedFor = second;
  toNewest();
};

const renew = async (second) => {
  asking = true;
  try {
    const answer = await fetch(addressAt(second));
    if (!answer.ok) throw new Error(String(answer.status));
    take(new DOMParser().parseFromString(await answer.text(), "text/html"), second);
  } catch {
    stop();
  }
  asking = false;
};

const tick = () => {
  const second = Math.floor(screen.at());
  if (screen.over() || second >= Number(room.dataset.duration)) {
    tell(Number(room.dataset.duration), true);
    return location.replace(addressAt(room.dataset.duration));
  }
  if (bar.dataset.next && second >= Number(bar.dataset.next) && !asking) renew(second);
  showDeadlines(second - askedFor);
  if (second === told) return;
  told = second;
  what.textContent = what.textContent.replace(/[\d:]+$/, clockwork(second));
  tell(second, false);
};

const showRun = () => {
  run.textContent = ticking ? run.dataset.on : run.dataset.off;
};
const stop = () => {
  clearInterval(ticking);
  ticking = 0;
  screen.pause();
  showRun();
  tell(Math.floor(screen.at()), true);
};
const start = () => {
  screen.hush(false);
  ticking = setInterval(tick, TICK);
  screen.play().then(showRun, stop);
};

if (screen && document.getElementById("chat") && room.dataset.state !== "ended") {
  run.hidden = false;
  run.addEventListener("click", () => (ticking ? stop() : start()));
}
