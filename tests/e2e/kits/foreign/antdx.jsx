import { Bubble, Sender } from "@ant-design/x";
import { useState } from "react";
import { desk } from "../hub.js";
import { drawn, useLines } from "./lines.jsx";

const role = { shopper: { placement: "start" }, agent: { placement: "end" } };

drawn(function Page() {
  const lines = useLines();
  const [draft, setDraft] = useState("");
  return (
    <div style={{ display: "flex", flexDirection: "column", height: "100vh" }}>
      <header style={{ padding: 12 }}>{desk.shopper}</header>
      <Bubble.List
        style={{ flex: 1, minHeight: 0 }}
        role={role}
        items={lines.map(({ id, from, text }) => ({ key: id, role: from, content: text }))}
      />
      <Sender
        value={draft}
        onChange={setDraft}
        placeholder="输入消息"
        onSubmit={(text) => {
          desk.send(text);
          setDraft("");
        }}
      />
    </div>
  );
});
