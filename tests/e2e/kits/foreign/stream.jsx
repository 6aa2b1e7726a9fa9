/** The kit with its own client, which is told that it is connected; nothing leaves the page. */
import "stream-chat-react/dist/css/index.css";
import { StreamChat } from "stream-chat";
import { Channel, ChannelHeader, Chat, MessageComposer, MessageList, Window } from "stream-chat-react";
import { desk } from "../hub.js";
import { drawn } from "./lines.jsx";

const people = { agent: { id: "seller", name: "客服小晴" }, shopper: { id: "buyer", name: desk.shopper } };
const client = new StreamChat("local");
client.user = people.agent;
client.userID = people.agent.id;
client._user = people.agent;
client.wsPromise = Promise.resolve();
const channel = client.channel("messaging", "talk", { name: desk.shopper });
channel.initialized = true;
channel.state.members = Object.fromEntries(
  Object.values(people).map((user) => [user.id, { user, user_id: user.id }]),
);
client.activeChannels[channel.cid] = channel;

const messageOf = ({ id, from, text }) => ({
  id,
  text,
  type: "regular",
  user: people[from],
  created_at: new Date(2026, 8, 8, 9, 0, Number(id.slice(4))),
  updated_at: new Date(2026, 8, 8, 9, 0, Number(id.slice(4))),
});
let seen = 0;
desk.onChange(() => {
  const line = desk.lines()[seen];
  seen += 1;
  if (line.from === "agent") return;
  client.dispatchEvent({ type: "message.new", cid: channel.cid, message: messageOf(line), user: people.shopper });
});

/** @param {typeof channel} _ @param {{id: string, text?: string}} message */
async function send(_, message) {
  desk.send(message.text ?? "");
  const line = desk.lines().at(-1);
  return { message: { ...messageOf(line), id: message.id, status: "received" } };
}

drawn(() => (
  <div style={{ height: "100vh" }}>
    <Chat client={client}>
      <Channel channel={channel} doSendMessageRequest={send}>
        <Window>
          <ChannelHeader />
          <MessageList />
          <MessageComposer />
        </Window>
      </Channel>
    </Chat>
  </div>
));
