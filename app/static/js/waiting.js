// The waiting page: a countdown by the server's clock, the way into the room, the check of sound.
(() => {
  "use strict";
  const waiting = document.getElementById("waiting");
  const shown = waiting.querySelector("[data-countdown]");
  const announcement = waiting.querySelector("[data-announcement]");
  const TICK = 250;
  const FAR = 60000;
  let left = Number(waiting.dataset.left) * 1000;
  let since = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
  let announced = left <= FAR;
  let going = false;

  const remaining = () => left - (performance.now() - since);
  const two = (number) => String(number).padStart(2, "0");

  const words = (milliseconds) => {
    const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
    const days = Math.floor(seconds / 86400);
    const hours = Math.floor((seconds % 86400) / 3600);
    const clock = `${two(hours)}:${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
    return days ? `${days} ${waiting.dataset.days} ${clock}` : clock;
  };

  const enter = () => {
    if (going) return;
    going = true;
    location.replace(waiting.dataset.room);
  };

  const tick = () => {
    const rest = remaining();
    if (rest <= 0) return enter();
    shown.textContent = words(rest);
    if (!announced && rest <= FAR) {
      announced = true;
      announcement.textContent = announcement.dataset.soon;
    }
  };

  // A page that slept asks again; one whose place was moved from elsewhere is read anew. Without an
  // answer it counts on.
  const ask = async () => {
    try {
      const asked = performance.now();
      const answer = await fetch(waiting.dataset.clock, { cache: "no-store" });
      if (!answer.ok) return;
      const told = await answer.json();
      if (told.left && told.starts !== waiting.dataset.starts) return location.reload();
      left = told.left * 1000;
      since = (asked + performance.now()) / 2;
    } catch {
      return;
    }
    tick();
  };

  shown.hidden = false;
  tick();
  setInterval(tick, TICK);
  setInterval(ask, FAR);
  addEventListener("pageshow", (event) => event.persisted && ask());
  document.addEventListener("visibilitychange", () => document.hidden || ask());

  const video = document.getElementById("check");
  const button = waiting.querySelector("[data-check]");
  const result = waiting.querySelector("[data-check-result]");
  button.hidden = false;
  button.addEventListener("click", () => {
    result.textContent = "";
    video.currentTime = 0;
    video.play().catch(() => {
      result.textContent = result.dataset.bad;
    });
  });
  video.addEventListener("ended", () => {
    result.textContent = result.dataset.good;
  });
  video.addEventListener("error", () => {
    result.textContent = result.dataset.bad;
  });
})();
