/**
 * 小红书私信通: Vue 3; a recycling list shows other messages in the same few nodes, so that a text
 * changes without any node coming or going.
 */
import { createApp, h, nextTick, ref } from "vue3/dist/vue.esm-bundler.js";
import { createReplay, isSend, place, preview } from "../engine.js";

const replay = createReplay([
  ["x810001", "草莓味"],
  ["x810002", "momo"],
  ["x810003", "momo"],
]);
const POOL = 12;
const tick = ref(0);
const draft = ref("");
const start = ref(null);

const app = createApp({
  setup: () => () => {
    void tick.value;
    const css = replay.css;
    const talk = replay.current();
    const first = start.value ?? Math.max(0, talk.lines.length - POOL);
    const shown = talk.lines.slice(first, first + POOL);
    // Slots are keyed by their place in the pool, as a recycler does.
    const slots = shown.map((line, i) => {
      const slot = (first + i) % POOL;
      const side = line.from === "shopper" ? "left" : line.from === "system" ? "center" : "right";
      return h(
        "div",
        {
          key: slot,
          class: [css("im-msg-item"), css(side), place(line.from)],
          "data-key": replay.mark(line.id),
          style: { order: i },
        },
        [h("div", { class: [css("text-message"), "bubble"] }, line.text)],
      );
    });
    // In the DOM the slots keep their own order; the page places them by transform (here: order).
    slots.sort((a, b) => a.key - b.key);
    return h("div", { class: "app" }, [
      h(
        "div",
        { class: "side" },
        replay.talks.map((one) =>
          h(
            "div",
            {
              key: one.id,
              class: [css("sx-contact-item"), one.id === talk.id && css("active")],
              "data-key": replay.mark(one.id),
              onClick: () => {
                start.value = null;
                replay.open(one.id);
              },
            },
            [
              h("span", { class: css("nick-name") }, one.name),
              h("span", { class: css("content") }, preview(one)),
              one.unread > 0 && h("i", { class: css("d-badge-dot") }, one.unread),
            ],
          ),
        ),
      ),
      h("div", { class: "main" }, [
        h(
          "div",
          {
            class: ["thread", css("im-msg-list"), css("vue-recycle-scroller")],
            style: { display: "flex", flexDirection: "column" },
            key: replay.epoch,
          },
          slots,
        ),
        h("div", { class: "reply" }, [
          replay.drift.box
            ? h("div", {
                class: "edit",
                contenteditable: "true",
                onInput: (event) => {
                  draft.value = event.target.innerText;
                },
              })
            : h("textarea", {
                id: replay.mark("jarvis-reply-textarea"),
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
});
app.mount(document.getElementById("root"));
replay.onChange(() => {
  tick.value += 1;
});
replay.box = () => draft.value;
replay.scrollTo = (first) => {
  start.value = first;
  return nextTick();
};
