import { ChatContainer, ConversationHeader, MainContainer, Message, MessageInput, MessageList } from "@chatscope/chat-ui-kit-react";
import "@chatscope/chat-ui-kit-styles/dist/default/styles.min.css";
import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { hub, reply } from "./hub.js";

function App() {
  const [lines, setLines] = useState([]);
  const add = (line) => setLines((before) => [...before, line]);
  useEffect(() => {
    hub(({ text, from }) => add({ message: text, sender: from, direction: "incoming", position: "single" }));
  }, []);
  const send = (_html, text) => {
    add({ message: text, sender: "seller", direction: "outgoing", position: "single" });
    reply(text);
  };
  return (
    <div style={{ height: "100vh" }}>
      <MainContainer>
        <ChatContainer>
          <ConversationHeader><ConversationHeader.Content userName="buyer1" /></ConversationHeader>
          <MessageList>
            {lines.map((line, i) => <Message key={i} model={line}><Message.Header sender={line.sender} /></Message>)}
          </MessageList>
          <MessageInput placeholder="输入消息" attachButton={false} onSend={send} />
        </ChatContainer>
      </MainContainer>
    </div>
  );
}
createRoot(document.getElementById("root")).render(<App />);
