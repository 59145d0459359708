// Fetches the open page again every two seconds and replaces the parts that changed.
const PARTS = ["chats", "thread", "controls"];
const EVERY = 2000;

const thread = () => document.getElementById("thread");

function atBottom(element) {
  return element.scrollHeight - element.scrollTop - element.clientHeight < 40;
}

function toBottom() {
  const element = thread();
  if (element) element.scrollTop = element.scrollHeight;
}

function isBusy(element) {
  return element.contains(document.activeElement) && element.querySelector("input[name=text]");
}

function replaceParts(fresh) {
  const follow = thread() && atBottom(thread());
  for (const id of PARTS) {
    const now = document.getElementById(id);
    const next = fresh.getElementById(id);
    if (now && next && now.innerHTML !== next.innerHTML && !isBusy(now)) {
      now.replaceChildren(...next.childNodes);
    }
  }
  if (follow) toBottom();
}

async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href);
    replaceParts(new DOMParser().parseFromString(await answer.text(), "text/html"));
    document.body.classList.remove("is-offline");
  } catch {
    document.body.classList.add("is-offline");
  }
}

function chooseNewPersonByTyping(event) {
  if (event.target.name !== "name") return;
  const radio = event.target.closest("label").querySelector("input[type=radio]");
  radio.checked = true;
}

document.addEventListener("input", chooseNewPersonByTyping);
if (document.body.classList.contains("on-desk")) {
  toBottom();
  document.querySelector("[aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
  setInterval(refresh, EVERY);
}
