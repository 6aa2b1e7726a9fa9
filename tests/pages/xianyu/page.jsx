/**
 * 闲鱼: React, readable starts of classes with a hash behind, no ids at all on the messages.
 */
import { useEffect, useReducer, useState } from "react";
import { createRoot } from "react-dom/client";
import { createReplay, isSend, place, preview } from "../engine.js";

const replay = createReplay([
  ["810001", "小鱼干"],
  ["810002", "旧物新生"],
  ["810003", "橘子汽水"],
]);
const build = Math.random().toString(36).slice(2, 8);
const css = (name) => `${replay.drift.classes ? `q${name.length}` : name}--${build}`;

function App() {
  const [, tick] = useReducer((n) => n + 1, 0);
  const [draft, setDraft] = useState("");
  useEffect(() => void replay.onChange(tick), []);
  replay.box = () => draft;
  const talk = replay.current();
  return (
    <div className="app">
      <div className="side" id="conv-list-scrollable">
        {replay.talks.map((one) => (
          <div
            key={one.id}
            className={css("conversation-item")}
            onClick={() => {
              history.replaceState(null, "", `?peerUserId=${one.id}`);
              replay.open(one.id);
            }}
          >
            <span className={css("text1")}>{one.name}</span>
            <span className={css("text2")}>{preview(one)}</span>
            {one.unread > 0 ? <sup className={css("badge")}>{one.unread}</sup> : null}
          </div>
        ))}
      </div>
      <div className="main">
        <div className={css("message-topbar")}>
          <span className={css("text1")}>{talk.name}</span>
        </div>
        <div
          className="thread"
          id={replay.mark("message-list-scrollable")}
          key={`${talk.id}-${replay.epoch}`}
        >
          {talk.lines.map((line) => (
            <div
              key={line.id}
              className={`${css(line.from === "system" ? "message-tip" : "message-row")} ${place(line.from)}`}
            >
              {line.from === "system" ? (
                <i>{line.text}</i>
              ) : (
                <div
                  className={`${css(line.from === "shopper" ? "message-text-left msg-text-left" : "message-text-right msg-text-right")} ${css("message-text")} bubble`}
                >
                  {line.text}
                </div>
              )}
            </div>
          ))}
        </div>
        <div className="reply">
          {replay.drift.box ? (
            <div
              className="edit"
              contentEditable
              suppressContentEditableWarning
              onInput={(event) => setDraft(event.currentTarget.innerText)}
            />
          ) : (
            <textarea
              placeholder="请输入消息"
              value={draft}
              onChange={(event) => setDraft(event.target.value)}
              onKeyDown={(event) => {
                if (!isSend(event.nativeEvent)) return;
                event.preventDefault();
                replay.send(draft);
                setDraft("");
              }}
            />
          )}
          <button type="button">发 送</button>
        </div>
      </div>
    </div>
  );
}
createRoot(document.getElementById("root")).render(<App />);
