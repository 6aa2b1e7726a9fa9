/**
 * 小红书千帆: no public source shows its thread, so this page is only as much as every chat page has:
 * readable class parts, sides, a textarea. Vue 3.
 */
import { createApp, h, ref } from "vue3/dist/vue.esm-bundler.js";
import { createReplay, isSend, place, preview } from "../engine.js";

const replay = createReplay([
  ["q1", "薄*"],
  ["q2", "小*"],
  ["q3", "小*"],
]);
const tick = ref(0);
const draft = ref("");

createApp({
  setup: () => () => {
    void tick.value;
    const css = replay.css;
    const talk = replay.current();
    return h("div", { class: "app" }, [
      h(
        "div",
        { class: "side" },
        replay.talks.map((one) =>
          h(
            "div",
            {
              class: [css("contact-card"), one.id === talk.id && css("active")],
              onClick: () => replay.open(one.id),
            },
            [
              h("b", { class: css("nick") }, one.name),
              h("span", { class: css("last-content") }, preview(one)),
              one.unread > 0 && h("i", { class: css("badge") }, one.unread),
            ],
          ),
        ),
      ),
      h("div", { class: "main" }, [
        h("div", { class: css("chat-header") }, [h("span", { class: css("user-name") }, talk.name)]),
        h(
          "div",
          { class: ["thread", css("im-message-list")], key: `${talk.id}-${replay.epoch}` },
          talk.lines.map((line) =>
            h(
              "div",
              {
                key: line.id,
                class: [
                  css(line.from === "system" ? "system-notice" : "message-item"),
                  css(line.from === "shopper" ? "is-left" : "is-right"),
                  place(line.from),
                ],
                "data-message-id": replay.mark(line.id),
              },
              [h("div", { class: [css("message-text"), "bubble"] }, line.text)],
            ),
          ),
        ),
        h("div", { class: "reply" }, [
          h("textarea", {
            placeholder: "请输入内容",
            value: draft.value,
            onInput: (event) => {
              draft.value = event.target.value;
            },
            onKeydown: (event) => {
              if (!isSend(event)) return;
              event.preventDefault();
              replay.send(draft.value);
              draft.value = "";
            },
          }),
        ]),
      ]),
    ]);
  },
}).mount(document.getElementById("root"));
replay.onChange(() => {
  tick.value += 1;
});
replay.box = () => draft.value;
