/** The thread as the kit's own documents build it of its parts, their utility classes as styles. */
import {
  AssistantRuntimeProvider,
  ComposerPrimitive,
  MessagePrimitive,
  ThreadPrimitive,
  useExternalStoreRuntime,
} from "@assistant-ui/react";
import { desk } from "../hub.js";
import { drawn, useLines } from "./lines.jsx";

const row = { display: "flex", padding: "8px 16px" };
const bubble = { borderRadius: 16, padding: "8px 16px", maxWidth: "70%" };

const UserMessage = () => (
  <MessagePrimitive.Root className="aui-user-message-root" style={{ ...row, justifyContent: "flex-end" }}>
    <div className="aui-user-message-content" style={{ ...bubble, background: "#eee" }}>
      <MessagePrimitive.Parts />
    </div>
  </MessagePrimitive.Root>
);
const AssistantMessage = () => (
  <MessagePrimitive.Root className="aui-assistant-message-root" style={row}>
    <div className="aui-assistant-message-content" style={bubble}>
      <MessagePrimitive.Parts />
    </div>
  </MessagePrimitive.Root>
);

drawn(function Page() {
  const messages = useLines();
  const runtime = useExternalStoreRuntime({
    messages,
    isRunning: false,
    convertMessage: ({ id, from, text }) => ({
      id,
      role: from === "agent" ? "user" : "assistant",
      content: [{ type: "text", text }],
    }),
    onNew: async ({ content }) => desk.send(content[0].text),
  });
  return (
    <AssistantRuntimeProvider runtime={runtime}>
      <ThreadPrimitive.Root
        className="aui-thread-root"
        style={{ display: "flex", flexDirection: "column", height: "100vh" }}
      >
        <ThreadPrimitive.Viewport className="aui-thread-viewport" style={{ flex: 1, overflowY: "auto" }}>
          <ThreadPrimitive.Messages components={{ UserMessage, AssistantMessage }} />
        </ThreadPrimitive.Viewport>
        <ComposerPrimitive.Root className="aui-composer-root" style={{ display: "flex", padding: 12 }}>
          <ComposerPrimitive.Input className="aui-composer-input" placeholder="输入消息" style={{ flex: 1 }} />
          <ComposerPrimitive.Send className="aui-composer-send">发送</ComposerPrimitive.Send>
        </ComposerPrimitive.Root>
      </ThreadPrimitive.Root>
    </AssistantRuntimeProvider>
  );
});
