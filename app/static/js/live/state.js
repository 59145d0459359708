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
