// The clock: the server's second when the page was answered, and what has passed since.
let base = Number(room.dataset.clock ?? room.dataset.position);
let since = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
let unsure = false; // until the server has said where the session is
let askedAt = 0;
const passed = () => base + (performance.now() - since) / 1000;
const second = () => Math.min(duration, passed());

const ask = () => {
  askedAt = performance.now();
  window.htmx?.trigger(beat, "beat");
};

const setClock = (clock) => {
  const trip = (performance.now() - askedAt) / 1000;
  const told = clock + Math.min(trip, 2) / 2;
  unsure = false;
  if (Math.abs(told - passed()) <= 0.25 + Math.min(trip, 2) / 2) return;
  base = told;
  since = performance.now();
};
