import { BotUI, BotUIAction, BotUIMessageList } from "@botui/react";
import { createBot } from "botui";
import { useEffect } from "react";
import { desk, hub } from "../hub.js";
import { drawn } from "./lines.jsx";

/** The kit's own theme is written for a preprocessor; this is what comes out of it. */
const theme = document.createElement("style");
theme.textContent = `
  .botui_app_container { height: 500px; width: 400px; margin: 0 auto; line-height: 1; }
  .botui_container { width: 100%; height: 100%; overflow-y: auto; overflow-x: hidden; }
  .botui_message_list { padding: 10px 20px 0; }
  .botui_message { margin: 10px 0; min-height: 20px; }
  .botui_message:after { display: block; content: ""; clear: both; }
  .botui_message_content { display: inline-block; max-width: 75%; overflow: scroll; line-height: 1.3;
    padding: 7px 13px; color: #fff; border-radius: 15px; background: #37bc9b; }
  .botui_message_content.human { float: right; background: #209175; }
  .botui_action_container { padding: 10px 20px; }
  .botui_action form { display: flex; justify-content: flex-end; }
`;
document.head.append(theme);

const bot = createBot();

/** The kit asks one question after another, and adds the answer itself. */
async function listen() {
  for (;;) {
    const { text } = await bot.action.set({ placeholder: "输入消息" }, { actionType: "input" });
    desk.send(text);
  }
}
/** A shopper's line comes between, while the question stands: `setAll` adds, and ends no question. */
hub(({ text }) => bot.message.setAll([{ type: "message", meta: {}, data: { text } }]));

drawn(function Page() {
  // The kit hears of questions only from when it is drawn.
  useEffect(() => void listen(), []);
  return (
    <div style={{ height: "100vh" }}>
      <BotUI bot={bot}>
        <BotUIMessageList />
        <BotUIAction />
      </BotUI>
    </div>
  );
});
