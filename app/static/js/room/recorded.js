// Recorded lines wait on the page for their second.
const holdsBack = ({ origin, at }) => origin === "recording" && Number(at) > second();

const reveal = () => {
  for (const message of chat.querySelectorAll(".message[hidden]")) {
    if (Number(message.dataset.at) <= second()) message.hidden = false;
  }
  toBottom();
};
