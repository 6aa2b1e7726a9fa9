import "@douyinfe/semi-ui/dist/css/semi.css";
import { Chat } from "@douyinfe/semi-ui";
import { desk } from "../hub.js";
import { drawn, useLines } from "./lines.jsx";

const roleConfig = { user: { name: "客服小晴" }, assistant: { name: desk.shopper } };

drawn(function Page() {
  const chats = useLines().map(({ id, from, text }) => ({
    id,
    role: from === "agent" ? "user" : "assistant",
    createAt: 1_790_000_000_000,
    content: text,
    status: "complete",
  }));
  return (
    <Chat
      style={{ height: "100vh" }}
      align="leftRight"
      mode="bubble"
      chats={chats}
      roleConfig={roleConfig}
      showClearContext={false}
      enableUpload={false}
      placeholder="输入消息"
      onMessageSend={(text) => desk.send(text)}
    />
  );
});
