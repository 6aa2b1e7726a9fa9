import { register } from "vue-advanced-chat";
import { hub, reply } from "./hub.js";

register();
const chat = document.createElement("vue-advanced-chat");
const rooms = ["buyer1", "buyer2"].map((id) => ({
  roomId: id,
  roomName: id,
  avatar: "",
  users: [{ _id: "seller", username: "seller" }, { _id: id, username: id }],
}));
const lines = { buyer1: [], buyer2: [] };
let open = "buyer1";
let count = 0;
const draw = () => {
  chat.setAttribute("rooms", JSON.stringify(rooms));
  chat.setAttribute("messages", JSON.stringify(lines[open]));
  chat.setAttribute("messages-loaded", "true");
};
const add = (room, senderId, content) => {
  count += 1;
  lines[room] = [...lines[room], { _id: `v${count}`, indexId: count, content, senderId, username: senderId, date: "8 Sep", timestamp: "09:00" }];
  draw();
};
const fixed = { height: "96vh", "current-user-id": "seller", "rooms-loaded": "true", "load-first-room": "true", "show-audio": "false", "show-files": "false" };
for (const [name, value] of Object.entries(fixed)) chat.setAttribute(name, value);
chat.addEventListener("fetch-messages", (event) => {
  open = event.detail[0].room.roomId;
  setTimeout(draw, 0);
});
chat.addEventListener("send-message", (event) => {
  const { roomId, content } = event.detail[0];
  add(roomId, "seller", content);
  reply(content);
});
hub(({ text, from }) => add(from, from, text));
draw();
document.getElementById("root").append(chat);
