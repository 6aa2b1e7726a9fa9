/**
 * Chat pages that no adapter knows, each built another way: `?kind=` picks one. `replay.lines` is what
 * is true of the page; lines that were there on load bear the marks of the past where the build has any.
 */
import { html, LitElement } from "lit";
import { el } from "../engine.js";

const params = new URLSearchParams(location.search);
const kind = params.get("kind");
/** Ids and sessions that change with every load. */
const session = `s${params.get("load") ?? "1"}84k2x`;
const root = document.getElementById("root");
const lines = [];

const style = document.createElement("style");
style.textContent = `
  .col { display: flex; flex-direction: column; height: 100%; }
  .scroll { flex: 1; overflow-y: auto; min-height: 0; }
  .r0, .r1 { display: flex; padding: 4px 10px; }
  .r0 > *, .r1 > * { max-width: 60%; }
  .r1 { justify-content: flex-end; }
  .fill { background: #e8f0ff; border-radius: 8px; padding: 6px 10px; }
  .note { text-align: center; color: #888; font-size: 12px; padding: 4px; }
  .head { padding: 10px; border-bottom: 1px solid #ddd; }
  .left-bar { width: 220px; border-right: 1px solid #ddd; }
  .left-bar > div { padding: 10px; height: 36px; }
  tr td { padding: 4px 10px; }
  p { margin: 4px 10px; }
`;
document.head.append(style);

class ShadowLine extends LitElement {
  static properties = { text: {}, side: { reflect: true } };
  render() {
    return html`<style>
        .wrap { display: flex; padding: 4px 10px; justify-content: ${this.side === "out" ? "flex-end" : "flex-start"}; }
        .b { background: #eef; padding: 6px 10px; }
      </style>
      <div class="wrap"><div class="b">${this.text}</div></div>`;
  }
}
customElements.define("shadow-line", ShadowLine);

class LightLine extends LitElement {
  static properties = { line: {} };
  createRenderRoot() {
    return this;
  }
  render() {
    const { line } = this;
    return html`<span class="lit-msg__author">${line.from === "agent" ? "本店" : "小朵"}</span>
      <div class="lit-msg__content lit-msg__content--${line.from === "agent" ? "me" : "them"}">
        <div class="lit-msg__text">${line.text}</div>
      </div>`;
  }
}
customElements.define("light-line", LightLine);

const own = ({ from }) => from === "agent";
const note = (line) => el("div", { class: "note" }, line.text);
/** Classes of the layout say nothing that can be read. */
const side = (line) => (own(line) ? "r1" : "r0");
const id = (line) => `m-${session}-${line.n}`;

/** How each build draws a line. */
const draw = {
  lit: (line) => {
    if (line.from === "system") return el("div", { class: "message date-separator" }, el("hr"));
    const node = el("light-line", {
      class: `message lit-msg ${line.past ? "delayed" : ""} chat-type`,
      "data-isodate": `2026-11-30T10:00:${line.n}Z`,
      "data-msgid": id(line),
      "data-from": own(line) ? `shop@chat.example/${session}` : "buyer@chat.example",
    });
    node.line = line;
    return node;
  },
  shadow: (line) => {
    if (line.from === "system") return note(line);
    const node = document.createElement("shadow-line");
    Object.assign(node, { text: line.text, side: own(line) ? "out" : "in" });
    return node;
  },
  utility: (line) =>
    line.from === "system"
      ? note(line)
      : el(
          "div",
          { class: `flex ${own(line) ? "justify-end" : "justify-start"} ${side(line)}` },
          el("div", { class: "fill rounded" }, line.text),
        ),
  hashed: (line) =>
    line.from === "system"
      ? el("div", { class: "_9fj2k1 note" }, line.text)
      : el(
          "div",
          { class: `_2x8ja1 ${side(line)}`, id: id(line) },
          el("div", { class: "_k29dm3 fill" }, el("span", { class: "_p01x2z" }, line.text)),
        ),
  table: (line) =>
    el(
      "tr",
      { class: line.from === "system" ? "notice" : own(line) ? "mine" : "peer" },
      el(
        "td",
        {
          style: `width: 900px; text-align: ${line.from === "system" ? "center" : own(line) ? "right" : "left"}`,
        },
        el("span", { class: "words" }, line.text),
      ),
    ),
  slack: (line) =>
    line.from === "system"
      ? note(line)
      : el(
          "div",
          { class: `post ${line.past ? "read" : "unread"}`, "data-is-own": own(line) ? "true" : undefined },
          el("b", { class: "post-author" }, own(line) ? "客服小晴" : "小朵"),
          el("div", { class: "post-body" }, line.text),
        ),
  twins: (line) =>
    line.from === "system"
      ? note(line)
      : el(
          "div",
          { class: "post" },
          el("b", {}, own(line) ? "客服小晴" : "小朵"),
          el("div", { class: "post-body" }, line.text),
        ),
  states: (line) =>
    line.from === "system"
      ? note(line)
      : el(
          "div",
          {
            class: `post ${own(line) && !line.past ? "pending" : ""} ${!own(line) && line.past ? "delayed" : ""}`,
          },
          el("div", { class: "post-body" }, line.text),
        ),
  reversed: (line) =>
    line.from === "system"
      ? note(line)
      : el(
          "div",
          { class: side(line), "data-key": id(line) },
          el("div", { class: `bubble-${own(line) ? "self" : "other"} fill` }, line.text),
        ),
  busy: (line) =>
    line.from === "system"
      ? note(line)
      : el(
          "li",
          { class: `chat-item ${side(line)}` },
          el(
            "div",
            { class: `chat-bubble ${own(line) ? "is-me" : ""} fill` },
            el("div", { class: "chat-nick" }, own(line) ? "小晴" : "小**朵"),
            el("div", { class: "chat-text" }, line.text),
            el("span", { class: "chat-time" }, `10:2${line.n % 10}`),
            own(line) ? el("i", { class: "chat-read" }, line.past ? "已读" : "未读") : "",
          ),
        ),
  mirrored: (line) =>
    line.from === "system"
      ? note(line)
      : el(
          "div",
          { class: `line ${own(line) ? "seller-line r0" : "buyer-line r1"}` },
          el("div", { class: "fill" }, line.text),
        ),
  modules: (line) =>
    line.from === "system"
      ? el("div", { class: "Chat_tip__a81Kx note" }, line.text)
      : el(
          "div",
          { class: `Chat_item__x8Ja1 ${side(line)}` },
          el("div", { class: `${own(line) ? "Chat_own__b72Lq" : "Chat_peer__c93Mw"} fill` }, line.text),
        ),
  bare: (line) =>
    line.from === "system"
      ? note(line)
      : own(line)
        ? el("article", { class: side(line), outgoing: "" }, el("p", { class: "fill" }, line.text))
        : el("article", { class: side(line) }, el("p", { class: "fill" }, line.text)),
  paragraphs: (line) =>
    el(
      "p",
      { style: `text-align: ${line.from === "system" ? "center" : own(line) ? "right" : "left"}` },
      line.text,
    ),
  faces: (line) =>
    line.from === "system"
      ? el("div", { class: "timeline note" }, line.text)
      : el(
          "div",
          { class: `msg ${side(line)} ${own(line) ? "msg-right" : "msg-left"}` },
          ...(own(line)
            ? []
            : [
                el(
                  "span",
                  { class: "face", style: "background:#fc9;border-radius:50%;width:28px;height:28px" },
                  "朵",
                ),
              ]),
          el("div", { class: "msg-main fill" }, line.text),
        ),
  nested: (line) =>
    line.from === "system"
      ? note(line)
      : el(
          "div",
          { class: `entry ${side(line)}`, "data-role": own(line) ? "assistant" : "user" },
          el("div", { class: "entry-text fill" }, line.text),
        ),
  segments: (line) =>
    line.from === "system"
      ? note(line)
      : el(
          "div",
          { class: `turn turn--${own(line) ? "sent" : "received"}` },
          el("b", { class: "turn-name" }, own(line) ? "客服小晴" : "小朵"),
          el("div", { class: "turn-words" }, line.text),
        ),
  floating: (line) =>
    line.from === "system"
      ? note(line)
      : el(
          "div",
          { class: `row ${own(line) ? "row--received row--me r1" : "row--other r0"}` },
          el(
            "div",
            { class: "row-words fill" },
            el(
              "span",
              {
                style:
                  "position: absolute; width: 1px; height: 1px; overflow: hidden; clip: rect(0px, 0px, 0px, 0px);",
              },
              own(line) ? "客服小晴说，" : "小朵说，",
            ),
            line.text,
          ),
        ),
  oneline: (line) =>
    line.from === "system"
      ? note(line)
      : el("div", { class: `say ${side(line)}` }, el("div", { class: "say-words fill" }, line.text)),
};

const list = el(kind === "table" ? "tbody" : kind === "busy" ? "ul" : "div", {
  class: kind === "hashed" ? "_a1b2c3" : "thread-lines",
});
const editable = ["lit", "busy", "modules", "faces"].includes(kind);
const box = editable
  ? el("div", { class: "edit composer-edit", contenteditable: "true" })
  : el(kind === "oneline" ? "input" : "textarea", { placeholder: "输入消息", style: "width: 95%" });
const value = () => (editable ? box.innerText : box.value).trim();
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey) return;
  event.preventDefault();
  const text = value();
  if (editable) box.textContent = "";
  else box.value = "";
  if (text) put("agent", text);
});

function put(from, text, past = false) {
  const line = { from, text, past, n: lines.length + 10 };
  lines.push(line);
  const node = draw[kind](line);
  if (kind === "reversed") list.prepend(node);
  else if (kind === "segments" && from !== "system") segmentFor(from).append(node);
  else list.append(node);
}

/** What the shop says opens a segment, and the answers to it follow there. */
function segmentFor(from) {
  const last = list.lastElementChild;
  if (from === "shopper" && last?.className === "segment") return last;
  const made = el("div", { class: "segment" });
  list.append(made);
  return made;
}

const scroller = el(
  "div",
  { class: "scroll" },
  kind === "table" ? el("table", { style: "width:100%" }, list) : list,
);
if (kind === "reversed") list.style.cssText = "display:flex;flex-direction:column-reverse";
const people = ["小朵", "大山"].map((name, i) =>
  el(
    "div",
    { class: `person ${i === 0 ? "person-active" : ""}` },
    el("div", { class: "person-name" }, name),
    el("div", { class: "person-last" }, "最近说的话"),
    el("span", { class: "person-badge" }, i ? "2" : ""),
  ),
);
const talk = el(
  "div",
  { class: "col", style: "flex:1;min-width:0" },
  el("div", { class: "head" }, el("span", { class: "who" }, "小朵")),
  scroller,
  el("div", { class: "reply" }, box),
);
if (kind === "floating") {
  talk.style.position = "relative";
  talk.lastElementChild.style.cssText = "position: absolute; bottom: 0; width: 100%; background: #fff";
}
// Here the box scrolls along with what stands over it.
if (kind === "oneline") {
  talk.classList.add("scroll");
  scroller.className = "";
}
const app = el("div", { class: "app" }, el("div", { class: "left-bar" }, ...people), talk);
if (kind === "nested") {
  const outer = el("chat-app");
  const inner = el("chat-pane", { style: "display:block;height:100vh" });
  outer.attachShadow({ mode: "open" }).append(inner);
  inner
    .attachShadow({ mode: "open" })
    .append(style.cloneNode(true), document.querySelector("style").cloneNode(true), app);
  root.append(outer);
} else root.append(app);

window.replay = {
  lines,
  past: (said) => said.forEach(([from, text]) => put(from, text, true)),
  play: (said) => said.forEach(([from, text]) => put(from, text)),
};
