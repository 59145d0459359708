// Time may be let run: the picture plays on, and at each second at which something changes the page
// is asked for as it is then. Whoever frames it is told the second.
const bar = document.querySelector(".preview-bar");
const run = bar.querySelector("[data-run]");
const what = bar.querySelector("strong"); // «Предпросмотр: 12:34»
const said = document.getElementById("preview-said");
const PARTS = ["timeline", "chat"];
const TICK = 250;
const PATIENCE = 15000; // another site's player may not answer at all
let ticking = 0;
let starting = false;
let stands = position; // the second from which time will be let run
let told = -1;
let askedFor = position;
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
  what.textContent = what.textContent.replace(/[\d:]+$/, timecode(second));
  tell(second, false);
};

const showRun = () => {
  run.textContent = ticking || starting ? run.dataset.on : run.dataset.off;
};
const stop = () => {
  clearInterval(ticking);
  ticking = 0;
  screen.pause();
  showRun();
  stands = screen.at();
  tell(Math.floor(stands), true);
};
const silence = () => new Promise((done) => setTimeout(done, PATIENCE, "held"));
const start = async () => {
  starting = true;
  showRun();
  said.textContent = "";
  screen.hush(false);
  screen.seek(stands);
  const outcome = await Promise.race([begin(screen), silence()]);
  starting = false;
  if (outcome === "plays") ticking = setInterval(tick, TICK);
  else screen.pause();
  if (!ticking) said.textContent = bar.dataset.held;
  else if (screen.quiet()) said.textContent = bar.dataset.quiet;
  showRun();
};

if (screen && shows && document.getElementById("chat") && room.dataset.state !== "ended") {
  run.hidden = false;
  run.addEventListener("click", () => starting || (ticking ? stop() : start()));
}
