/**
 * 小红书网页私信: a contenteditable box.
 */
import { createReplay, el, isSend, place, preview, sync } from "../engine.js";

const replay = createReplay([
  ["c1", "晚风"],
  ["c2", "小鹿"],
  ["c3", "阿宁"],
]);
const root = document.getElementById("root");
const css = replay.css;
let drawn = "";
let model = "";

const item = (line) =>
  el(
    "div",
    {
      class: `${css("xhs-im-msg-item")} ${line.from === "shopper" ? css("msg-left") : line.from === "system" ? css("xhs-im-system") : css("msg-right")} ${place(line.from)}`,
      "data-msg-id": replay.mark(line.id),
    },
    el("div", { class: `${css("xhs-im-msg-text")} bubble` }, line.text),
  );

const row = (one) =>
  el(
    "div",
    {
      class: `xhs-im-conv-item ${one.id === replay.active ? "active" : ""}`,
      "data-conv-id": replay.mark(one.id),
      onclick: () => replay.open(one.id),
    },
    el("span", { class: "name" }, one.name),
    el("span", { class: "last-content" }, preview(one)),
    one.unread > 0 ? el("i", { class: "badge" }, String(one.unread)) : null,
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
          el("div", { class: `thread ${css("xhs-im-msg-list")}` }),
          el(
            "div",
            { class: "reply" },
            replay.drift.box
              ? el("textarea", {
                  oninput: (event) => {
                    model = event.target.value;
                  },
                })
              : el("div", {
                  class: "xhs-im-input-bar-editor edit",
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
