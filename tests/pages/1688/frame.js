/**
 * 1688 旺旺, the inner document: `pre` as reply box.
 */
import { createReplay, el, isSend, place, preview, sync } from "../engine.js";

const replay = createReplay([
  ["b2b-1", "义乌小百货"],
  ["b2b-2", "广州服饰批发"],
  ["b2b-3", "临沂五金"],
]);
const root = document.getElementById("root");
const css = replay.css;
let drawn = "";
let model = "";

const item = (line) =>
  el(
    "div",
    {
      class: `${css("message-item")} ${line.from === "agent" || line.from === "robot" ? css("self") : ""} ${place(line.from)}`,
      "data-message-id": replay.mark(line.id),
    },
    line.from === "system"
      ? el("div", { class: css("system-tip") }, line.text)
      : el("div", { class: `${css("content")} bubble` }, line.text),
  );

const row = (one) =>
  el(
    "div",
    {
      class: `${css("conversation-item")} ${one.id === replay.active ? css("active") : ""}`,
      "data-id": replay.mark(one.id),
      onclick: () => replay.open(one.id),
    },
    el("span", { class: css("nick") }, one.name),
    el("span", { class: css("desc") }, preview(one)),
    one.unread > 0 ? el("em", { class: css("unread-num") }, String(one.unread)) : null,
  );

function draw() {
  const talk = replay.current();
  const key = `${talk.id}-${replay.epoch}`;
  if (key !== drawn) {
    drawn = key;
    root.replaceChildren(
      el(
        "div",
        { class: "app" },
        el("div", { class: "side" }),
        el(
          "div",
          { class: "main" },
          el("div", { class: `thread ${css("message-list")}` }),
          el(
            "div",
            { class: "reply" },
            replay.drift.box
              ? el("textarea", {
                  oninput: (event) => {
                    model = event.target.value;
                  },
                })
              : el("pre", {
                  class: "edit",
                  contenteditable: "true",
                  oninput: (event) => {
                    model = event.target.innerText.replace(/\n$/u, "");
                  },
                  onkeydown: (event) => {
                    if (!isSend(event)) return;
                    event.preventDefault();
                    replay.send(event.target.innerText);
                    event.target.textContent = "";
                    model = "";
                  },
                }),
            el("button", { class: "send-btn" }, "发送"),
          ),
        ),
      ),
    );
  }
  root.querySelector(".side").replaceChildren(...replay.talks.map(row));
  sync(root.querySelector(".thread"), talk.lines, item);
}
replay.onChange(draw);
replay.box = () => model;
draw();
