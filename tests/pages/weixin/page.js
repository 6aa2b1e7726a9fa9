/**
 * 微信小店: everything in the open shadow root of `wujie-app`, a hidden dialog with another textarea
 * before the real one.
 */
import { CSS, createReplay, el, isSend, place, preview, SHOPPERS, sync } from "../engine.js";

const replay = createReplay(SHOPPERS);
const host = el("wujie-app", {});
document.getElementById("root").append(host);
const root = host.attachShadow({ mode: "open" });
const sheet = new CSSStyleSheet();
sheet.replaceSync(CSS);
root.adoptedStyleSheets = [sheet];
const css = replay.css;
let drawn = "";
let model = "";

const item = (line) =>
  el(
    "div",
    {
      class: `${place(line.from)} ${line.from === "system" ? "" : css(line.from === "shopper" ? "justify-start" : "justify-end")}`,
      "data-type": line.from === "system" ? "10000" : "1",
      "data-msgid": replay.mark(line.id),
    },
    el("div", { class: `${css("text-content-wrap")} bubble` }, line.text),
  );

const row = (one) =>
  el(
    "li",
    {
      class: one.id === replay.active ? "active" : "",
      "data-id": replay.mark(one.id),
      onclick: () => replay.open(one.id),
    },
    el("span", { class: "user-nickname" }, one.name),
    el("span", { class: "text-content-wrap" }, preview(one)),
    one.unread > 0 ? el("i", { class: "unread-badge" }, String(one.unread)) : null,
    one.unread > 0 ? el("i", { class: "waiting-time" }, replay.waited) : null,
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
        el("div", { style: "display:none" }, el("textarea", { class: "text-area" })),
        el("ul", { class: "side session-list-container" }),
        el(
          "div",
          { class: "main" },
          el("div", { class: `thread ${css("chat-message-list")}` }),
          el(
            "div",
            { class: "reply" },
            replay.drift.box
              ? el("div", {
                  class: "edit",
                  contenteditable: "true",
                  oninput: (event) => {
                    model = event.target.innerText;
                  },
                })
              : el("textarea", {
                  class: "text-area",
                  oninput: (event) => {
                    model = event.target.value;
                  },
                  onkeydown: (event) => {
                    if (!isSend(event)) return;
                    event.preventDefault();
                    replay.send(event.target.value);
                    event.target.value = "";
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
