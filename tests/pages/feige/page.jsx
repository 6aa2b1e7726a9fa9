/**
 * 抖店飞鸽: React, hashed classes that change with every build, a virtual list of conversations
 * whose rows mirror the unsent draft, direction also as an inline style.
 */
import { useEffect, useReducer, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { createReplay, isSend, place, preview, ROW_HEIGHT, SHOPPERS, windowOf } from "../engine.js";

const replay = createReplay(SHOPPERS);
const build = Math.random().toString(36).slice(2, 10);
/** The readable start of a class stays, its hash is another in each build. */
const css = (name) => (replay.drift.classes ? `z${build}${name.length}` : `${name}-${build}`);

function Item({ line }) {
  if (line.from === "system") {
    return (
      <div data-qa-id={replay.mark("qa-message-warpper")} className={`msgItemWrap ${place("system")}`}>
        <div data-id={`transfer_staff_${line.id}`}>{line.text}</div>
      </div>
    );
  }
  const own = line.from !== "shopper";
  const side = replay.drift.classes
    ? css(own ? "me" : "you")
    : own
      ? "messageIsMe"
      : "leaveMessage messageNotMe";
  return (
    <div
      data-qa-id={replay.mark("qa-message-warpper")}
      className={`${replay.drift.classes ? css("wrap") : "msgItemWrap"} ${place(line.from)}`}
    >
      <div
        data-id={replay.mark(line.id)}
        style={{ display: "flex", flexDirection: own ? "row-reverse" : "row", width: "100%" }}
      >
        <img alt="头像" src="data:," width="20" height="20" />
        {line.kind === "card" ? (
          <div className="chatd-card">
            <div className="pigeon-card-place-holder-text">
              <span className="content">来自电商小助手的推荐</span>
            </div>
            <div className="pigeon-card-place-holder-text">
              <span className="content">{line.text}</span>
            </div>
            <span className="chatd-price-inter">39</span>
          </div>
        ) : (
          <div className={`${side} bubble`}>
            <pre>
              <span>{line.text}</span>
            </pre>
          </div>
        )}
        {own ? <i data-qa-id="qa-message-read-mark">已读</i> : null}
      </div>
    </div>
  );
}

function App() {
  const [, tick] = useReducer((n) => n + 1, 0);
  const [draft, setDraft] = useState("");
  useEffect(() => void replay.onChange(tick), []);
  replay.box = () => draft;
  const talk = replay.current();
  const side = useRef(null);
  const rows = replay.rows();
  const { first, shown } = windowOf(rows, side.current);
  const Box = replay.drift.box ? "div" : "textarea";
  return (
    <div className="app">
      <div className="side pigeonChatNotScrollBox" ref={side} onScroll={tick}>
        <div className="scroller">
          <div className="scroller_content" style={{ height: rows.length * ROW_HEIGHT }}>
            <div className="list_items" style={{ paddingTop: first * ROW_HEIGHT }}>
              {shown.map((one, i) => (
                <div
                  // Nodes are keyed by their place, as a virtual list uses them again.
                  // biome-ignore lint/suspicious/noArrayIndexKey: that is the point
                  key={i}
                  style={{ height: ROW_HEIGHT, overflow: "hidden" }}
                  data-kora="conversation"
                  data-qa-id="qa-conversation-chat-item"
                  data-btm-id="x.current"
                  data-conversation-id={replay.mark(one.id)}
                  className={`${css("conversationCard")} ${one.id === talk.id ? css("selected") : ""}`}
                  onClick={() => replay.open(one.id)}
                >
                  <span className={css("NameContent")}>{one.name}</span>
                  <span className={css("msgContent")}>
                    {one.id === talk.id && draft ? `[草稿]${draft}` : preview(one)}
                  </span>
                  {one.unread > 0 ? (
                    <sup className={css("auxo-badge-count")} title={one.unread}>
                      {one.unread}
                    </sup>
                  ) : null}
                </div>
              ))}
            </div>
          </div>
        </div>
      </div>
      <div className="main">
        <div id="topbar-left-info">
          <span className={css("name")}>{talk.name}</span>
        </div>
        <div
          className={`thread ${replay.drift.classes ? css("list") : "messageList"}`}
          key={`${talk.id}-${replay.epoch}`}
        >
          {talk.lines.map((line) => (
            <Item key={line.id} line={line} />
          ))}
        </div>
        <div className="reply">
          {Box === "textarea" ? (
            <textarea
              data-qa-id={replay.mark("qa-send-message-textarea")}
              placeholder={`发送给 ${talk.name}，使用Enter 发送消息`}
              value={draft}
              onChange={(event) => setDraft(event.target.value)}
              onKeyDown={(event) => {
                if (!isSend(event.nativeEvent)) return;
                event.preventDefault();
                replay.send(draft);
                setDraft("");
              }}
            />
          ) : (
            <div
              className="edit"
              contentEditable
              suppressContentEditableWarning
              onInput={(event) => setDraft(event.currentTarget.innerText)}
            />
          )}
          <button type="button" data-qa-id="qa-send-message-button" disabled={!draft}>
            发送
          </button>
        </div>
      </div>
    </div>
  );
}
createRoot(document.getElementById("root")).render(<App />);
