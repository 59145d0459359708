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

const receive = (message) => {
  const { messageId, origin } = message.dataset ?? {};
  if (!messageId) return;
  const twins = chat.querySelectorAll(`[data-message-id="${CSS.escape(messageId)}"]`);
  if (twins.length > 1) return message.remove();
  message.hidden = holdsBack(message.dataset);
  if (origin === "viewer") atBottom = true;
  announce(message);
};

new MutationObserver((changes) => {
  for (const change of changes) change.addedNodes.forEach(receive);
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
