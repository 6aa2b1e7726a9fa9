import {
  MainContainer,
  MessageContainer,
  MessageHeader,
  MessageInput,
  MessageList,
  MinChatUiProvider,
} from "@minchat/react-chat-ui";
import { desk } from "../hub.js";
import { drawn, useLines } from "./lines.jsx";

drawn(function Page() {
  const messages = useLines().map(({ id, from, text }) => ({
    id,
    text,
    createdAt: new Date(2026, 8, 8, 9, 0),
    user: from === "agent" ? { id: "seller", name: "客服小晴" } : { id: "buyer", name: desk.shopper },
  }));
  return (
    <MinChatUiProvider theme="#6ea9d7">
      <MainContainer style={{ height: "100vh" }}>
        <MessageContainer>
          <MessageHeader showBack={false}>{desk.shopper}</MessageHeader>
          <MessageList currentUserId="seller" messages={messages} />
          <MessageInput
            placeholder="输入消息"
            showAttachButton={false}
            onSendMessage={(text) => desk.send(text)}
          />
        </MessageContainer>
      </MainContainer>
    </MinChatUiProvider>
  );
});
