/** The kit knows question and answer only: a shopper's line answers the seller's, where one waits. */
import "@nlux/themes/nova.css";
import { AiChat } from "@nlux/react";
import { useState } from "react";
import { desk, hub } from "../hub.js";
import { drawn } from "./lines.jsx";

let answer = null;
const adapter = {
  batchText: (text) => {
    desk.send(text);
    return new Promise((resolve) => {
      answer = resolve;
    });
  },
};
const turn = ({ from, text }) => ({ role: from === "agent" ? "user" : "assistant", message: text });
let restart = () => {};
hub(({ text }) => {
  if (answer) answer(text);
  else restart(desk.lines().map(turn));
  answer = null;
});

drawn(function Page() {
  const [past, setPast] = useState([]);
  restart = setPast;
  return (
    <div style={{ height: "100vh" }}>
      <AiChat
        key={past.length}
        adapter={adapter}
        initialConversation={past}
        displayOptions={{ height: "100%", colorScheme: "light" }}
        composerOptions={{ placeholder: "输入消息" }}
        personaOptions={{
          assistant: { name: desk.shopper, avatar: "data:," },
          user: { name: "客服小晴", avatar: "data:," },
        }}
      />
    </div>
  );
});
