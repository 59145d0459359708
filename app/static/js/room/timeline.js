// The timeline: cues come and go by themselves; how long an offer holds is the server's to say.
const cues = document.getElementById("timeline");
const JITTER = 3000; // everybody is shown a cue at one second, and must not ask at one second

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
  running.querySelector("[role=timer]").textContent = timecode(left);
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
