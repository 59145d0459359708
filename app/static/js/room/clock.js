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
