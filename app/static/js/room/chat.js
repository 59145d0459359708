// The chat, the same in every room. The room's page says which lines it holds back.
let atBottom = true;
const toBottom = () => {
  if (atBottom) chat.scrollTop = chat.scrollHeight;
};

const announce = (message) => {
  const said = message.querySelector(".message__author, .message__text");
  if (message.dataset.origin !== "team" || !said) return;
  document.getElementById("announcement").textContent = message.innerText;
};

const numberOf = ({ dataset }) => Number(dataset.messageId.replace(/^c/, ""));
const written = () => [...chat.querySelectorAll('.message[data-message-id^="c"]')];

// A line that is on the page already: the later version of it stays, in its place.
const renew = (line, twin) => {
  if (Number(twin.dataset.change ?? 0) >= Number(line.dataset.change ?? 0)) return line.remove();
  if (line.matches(".gone")) twin.remove();
  else twin.replaceWith(line);
  if (line.matches(".gone")) line.remove();
};

// A line that came back: between those around it, or nowhere where they are not on the page.
const putBack = (line) => {
  const others = written().filter((other) => other !== line);
  const later = others.find((other) => numberOf(other) > numberOf(line));
  if (!later) return true;
  const reached = others.some((other) => numberOf(other) < numberOf(line));
  if (reached || !document.getElementById("earlier")) chat.insertBefore(line, later);
  else line.remove();
  return false;
};

const receive = (line, atTheEnd) => {
  const { messageId, origin, by } = line.dataset ?? {};
  if (!messageId) return;
  const same = chat.querySelectorAll(`[data-message-id="${CSS.escape(messageId)}"]`);
  const twin = [...same].find((other) => other !== line);
  const own = Boolean(by) && by === chat.dataset.me;
  if (own && line.matches(".message")) {
    line.querySelector(".message__author").textContent = chat.dataset.you;
  }
  line.hidden = line.matches(".gone") || holdsBack(line.dataset);
  if (twin) return renew(line, twin);
  if (line.matches(".gone")) return line.remove();
  if (!atTheEnd || (origin !== "recording" && !putBack(line))) return;
  if (own) atBottom = true;
  announce(line);
};

new MutationObserver((changes) => {
  for (const { addedNodes, nextSibling } of changes) {
    for (const node of addedNodes) if (node.isConnected) receive(node, !nextSibling);
  }
  toBottom();
}).observe(chat, { childList: true });
new ResizeObserver(toBottom).observe(chat);
chat.addEventListener("scroll", () => {
  atBottom = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 60;
});

let sent = "";
const field = () => document.getElementById("message");
const isOurs = (event) => event.detail.elt.id === "chat-form";

document.addEventListener("htmx:beforeRequest", (event) => {
  if (isOurs(event)) sent = field().value;
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!isOurs(event)) return;
  const { successful, xhr } = event.detail;
  document.getElementById("unsent").hidden = xhr.status > 0 && xhr.status < 500;
  if (!successful) return;
  document.getElementById("message-error")?.remove();
  if (field().value === sent) field().value = "";
});
document.addEventListener("keydown", (event) => {
  const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing;
  if (event.target.id !== "message" || !sends || !matchMedia("(pointer: fine)").matches) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

// Earlier lines come above: who reads stays at the line that was read.
let height = 0;
const isEarlier = (event) => event.detail.target?.id === "earlier";
document.addEventListener("htmx:beforeSwap", (event) => {
  if (isEarlier(event)) height = chat.scrollHeight - chat.scrollTop;
});
document.addEventListener("htmx:afterSettle", () => {
  if (!height) return;
  atBottom = false;
  chat.scrollTop = chat.scrollHeight - height;
  height = 0;
  chat.focus({ preventScroll: true });
});
