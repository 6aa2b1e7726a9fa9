/**
 * 快手小店: React, a Quill reply box, name and time glued into one line, a name that is digits first
 * and filled in later by a change of characters only.
 */
import Quill from "quill";
import { useEffect, useReducer, useRef } from "react";
import { createRoot } from "react-dom/client";
import { createReplay, place, preview } from "../engine.js";

const replay = createReplay([
  ["810001", "8100012345"],
  ["810002", "小米粥"],
  ["810003", "大白兔"],
  ["810004", "小米粥"],
]);
const css = (name) => (replay.drift.classes ? replay.css(name) : `kwaishop-cs-${name}`);

/** Names are changed in the text node, not by drawing the row anew. */
function Name({ text }) {
  const ref = useRef(null);
  useEffect(() => {
    const node = ref.current;
    if (!node.firstChild) node.append(document.createTextNode(text));
    else if (node.firstChild.data !== text) node.firstChild.data = text;
  });
  return <b className="SessionBaseCard-Static-info-topHeadName" ref={ref} />;
}

function Item({ line, talk }) {
  if (line.from === "system") {
    return (
      <div id={replay.mark(`cs-common-message-list-item-${line.id}`)} className={place("system")}>
        <div className={css("LayoutMiddleWrapper_msgBody")}>{line.text}</div>
      </div>
    );
  }
  const own = line.from !== "shopper";
  return (
    <div id={replay.mark(`cs-common-message-list-item-${line.id}`)} className={place(line.from)}>
      <div
        id={replay.mark(`0_${own ? "9999" : talk.id}_${line.id}`)}
        className={
          css(`LayoutDefaultWrapper_lrWrapper`) + (own ? ` ${css("x__isMine")}` : ` ${css("x__notMe")}`)
        }
      >
        <div className={css("LayoutDefaultWrapper_beforeMsgBody")}>{`${talk.name}${line.at}`}</div>
        <div className={css("LayoutDefaultWrapper_msgBody")}>
          {line.from === "robot" ? (
            <div className={css("BizNoticeCard")}>{line.text}</div>
          ) : (
            <div className={`${css("BizTextCard")} bubble`}>{line.text}</div>
          )}
        </div>
      </div>
    </div>
  );
}

function Box() {
  const ref = useRef(null);
  useEffect(() => {
    const quill = new Quill(ref.current, {
      modules: {
        toolbar: false,
        keyboard: {
          bindings: {
            send: {
              key: "Enter",
              handler: () => {
                replay.send(quill.getText().trimEnd());
                quill.setText("");
              },
            },
          },
        },
      },
    });
    replay.box = () => quill.getText().replace(/\n$/u, "");
  }, []);
  return (
    <div className="SendBox">
      <div className="SendBox-Editor">
        <div ref={ref} />
      </div>
    </div>
  );
}

/** The swapped box: a plain textarea. */
function Plain() {
  const ref = useRef(null);
  replay.box = () => ref.current?.value ?? "";
  return (
    <div className="SendBox">
      <textarea ref={ref} />
    </div>
  );
}

function App() {
  const [, tick] = useReducer((n) => n + 1, 0);
  useEffect(() => void replay.onChange(tick), []);
  const talk = replay.current();
  return (
    <div className="app">
      <div className="side">
        {[replay.talks.slice(0, 2), replay.talks.slice(2)].map((group, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two groups, always the same
          <div className="SessionListGroup" key={i}>
            {group.map((one) => (
              <div
                key={one.id}
                className={`SessionBaseCard ${one.id === talk.id ? "colorHighLight" : ""}`}
                data-uid={replay.mark(one.id)}
                onClick={() => replay.open(one.id)}
              >
                <Name text={one.name} />
                <span className="SessionBaseCard-Static-info-lastMessage">{preview(one)}</span>
                {one.unread > 0 ? (
                  <i className="SessionBaseCard-Static-info-unread-rot">{one.unread}</i>
                ) : null}
              </div>
            ))}
          </div>
        ))}
      </div>
      <div className="main">
        <div
          className={`thread ${replay.drift.classes ? css("list") : "ChatMessageList-ContentWrap"}`}
          key={`${talk.id}-${replay.epoch}`}
        >
          {talk.lines.map((line) => (
            <Item key={line.id} line={line} talk={talk} />
          ))}
        </div>
        <div className="reply">{replay.drift.box ? <Plain /> : <Box />}</div>
      </div>
    </div>
  );
}
createRoot(document.getElementById("root")).render(<App />);
