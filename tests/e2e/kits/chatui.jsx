import Chat, { Bubble, useMessages } from "@chatui/core";
import "@chatui/core/dist/index.css";
import { useEffect } from "react";
import { createRoot } from "react-dom/client";
import { hub, reply } from "./hub.js";

function App() {
  const { messages, appendMsg } = useMessages([]);
  useEffect(() => {
    hub(({ text, from }) => appendMsg({ type: "text", content: { text }, position: "left", user: { name: from } }));
  }, []);
  const send = (type, text) => {
    if (type !== "text" || !text.trim()) return;
    appendMsg({ type: "text", content: { text }, position: "right" });
    reply(text);
  };
  return (
    <Chat navbar={{ title: "店铺客服" }} messages={messages} locale="zh-CN" placeholder="请输入" onSend={send} onImageSend={async () => reply("[图片]")}
      renderMessageContent={(message) => <Bubble content={message.content.text} />} />
  );
}
createRoot(document.getElementById("root")).render(<App />);
