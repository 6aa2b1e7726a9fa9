/**
 * 京东咚咚: no framework that matters, a contenteditable box that makes a `div` of every new line,
 * a virtual list of conversations.
 */
import { createReplay, el, isSend, place, preview, ROW_HEIGHT, SHOPPERS, sync, windowOf } from "../engine.js";

const replay = createReplay(SHOPPERS);
const root = document.getElementById("root");
const css = replay.css;
let drawn = "";
let model = "";

const item = (line) => {
  const own = line.from !== "shopper";
  if (line.from === "system")
    return el(
      "div",
      { class: `${css("message")} ${place("system")}` },
      el("div", { class: css("message_tip") }, line.text),
    );
  return el(
    "div",
    { class: `${css("message")} ${place(line.from)}` },
    el(
      "div",
      { class: css(own ? "message_right" : "message_left"), id: replay.mark(line.id) },
      el("span", { class: css("message__time_str") }, line.at),
      el("div", { class: `${css("message__content")} bubble` }, line.text),
    ),
  );
};

const box = () =>
  replay.drift.box
    ? el("textarea", {
        class: "TextInput",
        oninput: (event) => {
          model = event.target.value;
        },
      })
    : el("div", {
        class: "EditorContent edit",
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
      });

const rowNode = () =>
  el(
    "div",
    { class: "alluser-item", style: `height: ${ROW_HEIGHT}px; overflow: hidden` },
    el("span", { class: "alluser-item-name" }),
    el("span", { class: "alluser-item-breifdesc" }),
    el("sup", { class: "alluser-item-unread" }),
  );

/** A few nodes show whatever rows are in sight; a badge is hidden, not taken away. */
function drawRows() {
  const side = root.querySelector(".side");
  const rows = replay.rows();
  const { first, shown } = windowOf(rows, side);
  const pane = side.querySelector(".c_tabs-tabpane");
  pane.style.cssText = `box-sizing: border-box; height: ${rows.length * ROW_HEIGHT}px; padding-top: ${first * ROW_HEIGHT}px`;
  while (pane.childElementCount < shown.length) pane.append(rowNode());
  while (pane.childElementCount > shown.length) pane.lastChild.remove();
  for (const [i, one] of shown.entries()) {
    const node = pane.children[i];
    const [name, desc, unread] = node.children;
    node.onclick = () => replay.open(one.id);
    if (name.textContent !== one.name) name.textContent = one.name;
    if (desc.textContent !== preview(one)) desc.textContent = preview(one);
    unread.textContent = one.unread;
    unread.style.display = one.unread > 0 ? "" : "none";
  }
}

function draw() {
  const talk = replay.current();
  const key = `${talk.id}-${replay.epoch}`;
  if (key !== drawn) {
    drawn = key;
    root.replaceChildren(
      el(
        "div",
        { class: "app" },
        el(
          "div",
          { class: "side", id: "t-alluser-wrap", onscroll: drawRows },
          el("div", { class: "c_tabs-tabpane" }),
        ),
        el(
          "div",
          { class: "main" },
          el("div", { class: css("chat-head-name") }, el("span", {}, talk.name)),
          el("div", { class: "thread", id: replay.mark("t-chat-scroll") }),
          el(
            "div",
            { class: "reply" },
            box(),
            el("div", { class: "SendButtonGroup" }, el("button", { class: "send-button" }, "发送")),
          ),
        ),
      ),
    );
  }
  drawRows();
  sync(root.querySelector(".thread"), talk.lines, item);
}
replay.onChange(draw);
replay.box = () => model;
draw();
