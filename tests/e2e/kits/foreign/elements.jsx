import "react-chat-elements/dist/main.css";
import { Button, Input, MessageList, Navbar } from "react-chat-elements";
import { useRef } from "react";
import { desk, isSend } from "../hub.js";
import { drawn, useLines } from "./lines.jsx";

drawn(function Page() {
  const lines = useLines();
  const input = useRef(null);
  const send = () => {
    desk.send(input.current.value);
    input.current.value = "";
  };
  const data = lines.map(({ id, from, text }) => ({
    id,
    position: from === "agent" ? "right" : "left",
    type: "text",
    title: from === "agent" ? "客服小晴" : desk.shopper,
    text,
    date: new Date(2026, 8, 8, 9, 0),
  }));
  return (
    <div style={{ display: "flex", flexDirection: "column", height: "100vh" }}>
      <Navbar left={<div>{desk.shopper}</div>} />
      <div style={{ flex: 1, minHeight: 0, overflow: "hidden" }}>
        <MessageList className="message-list" lockable toBottomHeight="100%" dataSource={data} />
      </div>
      <Input
        referance={input}
        placeholder="输入消息"
        multiline
        onKeyDown={(event) => {
          if (!isSend(event)) return;
          event.preventDefault();
          send();
        }}
        rightButtons={<Button text="发送" onClick={send} />}
      />
    </div>
  );
});
