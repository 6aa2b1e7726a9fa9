import "deep-chat";
import { hub, reply } from "./hub.js";

const chat = document.createElement("deep-chat");
chat.style.width = "96vw";
chat.style.height = "90vh";
chat.textInput = { placeholder: { text: "输入消息" } };
chat.names = { ai: { text: "buyer1" }, user: { text: "seller" } };
chat.connect = {
  websocket: true,
  handler: (_, signals) => {
    signals.onOpen();
    hub(({ text }) => signals.onResponse({ text, role: "ai" }));
    signals.newUserMessage.listener = (body) => reply(body.messages[0].text);
  },
};
document.getElementById("root").append(chat);
