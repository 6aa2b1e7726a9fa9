/**
 * 拼多多: Vue 2, `textarea` with v-model, list node replaced on a switch, masked names that collide,
 * the shopper's id on their items.
 */
import Vue from "vue2/dist/vue.common.prod.js";
import { createReplay, isSend, place, preview, SHOPPERS } from "../engine.js";

const replay = createReplay(SHOPPERS);
Vue.config.productionTip = false;

const Item = {
  props: ["line", "talk"],
  render(h) {
    const { line, talk } = this;
    const css = replay.css;
    if (line.from === "system") {
      return h(
        "li",
        { class: `onemsg ${place("system")}`, attrs: { id: replay.mark(`middlePanel_list_${line.id}`) } },
        [h("div", { class: css("system-msg-31") }, line.text)],
      );
    }
    const side = { shopper: "buyer-item", agent: "cs-item isread", robot: "cs-item callback" }[line.from];
    const body =
      line.kind === "image"
        ? h("div", { class: `${css("msg-content")} ${css("image-msg")}` }, [
            h("img", { attrs: { src: "data:," } }),
          ])
        : line.kind === "card"
          ? h("div", { class: css("good-card") }, [
              h("p", { class: css("good-info") }, line.text),
              h("span", { class: css("good-price") }, "¥39.9"),
            ])
          : h("div", { class: `${css("msg-content")} bubble` }, [
              h("p", { class: css("msg-content-box") }, line.text),
            ]);
    return h(
      "li",
      {
        class: `${css("onemsg")} ${place(line.from)}`,
        attrs: { id: replay.mark(`middlePanel_list_${line.id}`) },
      },
      [
        h("div", { class: css("merchantMessage"), style: { flexBasis: "100%", textAlign: "center" } }, [
          h("p", { class: css("message-time") }, line.at),
        ]),
        h("div", { class: side.split(" ").map(css).join(" ") }, [
          h("div", { attrs: { currentuid: line.from === "shopper" ? replay.mark(talk.id) : undefined } }, [
            body,
          ]),
        ]),
      ],
    );
  },
};

const app = new Vue({
  data: { tick: 0, draft: "" },
  created() {
    replay.onChange(() => {
      this.tick += 1;
    });
  },
  methods: {
    key(event) {
      if (!isSend(event)) return;
      event.preventDefault();
      replay.send(this.draft);
      this.draft = "";
    },
  },
  render(h) {
    void this.tick;
    const css = replay.css;
    const talk = replay.current();
    const rows = replay.talks.map((one) =>
      h("li", { key: one.id, class: css("chat-item"), on: { click: () => replay.open(one.id) } }, [
        h(
          "div",
          {
            class: [css("chat-item-box"), one.id === talk.id && css("active")],
            attrs: { "data-random": replay.mark(`${one.id}-0-1`) },
          },
          [
            h("span", { class: css("nickname-span") }, one.name),
            h("span", { class: css("chat-message-content") }, preview(one)),
            h("span", { class: css("item-note") }, one.lines.at(-1)?.at),
            one.unread > 0 && h("span", { class: css("unread-count") }, one.unread),
          ],
        ),
      ]),
    );
    // Vue replaces the list when the key changes: that is what the real page does on a switch.
    const list = h(
      "div",
      { class: "thread", attrs: { id: "msgListContainer" }, key: `${talk.id}-${replay.epoch}` },
      [
        h(
          "ul",
          { class: css("msg-list") },
          talk.lines.map((line) => h(Item, { key: line.id, props: { line, talk } })),
        ),
      ],
    );
    const box = h("textarea", {
      key: `box-${replay.drift.box}`,
      class: css("reply-textarea"),
      attrs: { id: replay.drift.box ? undefined : "replyTextarea" },
      domProps: { value: this.draft },
      on: {
        input: (event) => {
          this.draft = event.target.value;
        },
        keydown: this.key,
      },
    });
    return h("div", { class: "app" }, [
      h("ul", { class: "side" }, rows),
      h("div", { class: "main" }, [
        h("div", { class: css("chatWindowHeader") }, [
          h("div", { class: css("base-info") }, [h("span", { class: css("name") }, talk.name)]),
        ]),
        list,
        h("div", { class: `reply ${css("reply-box")}` }, [
          box,
          h("button", { class: css("send-btn"), on: { click: () => replay.send(this.draft) } }, "发送"),
        ]),
      ]),
    ]);
  },
});
app.$mount(document.getElementById("root"));
replay.box = () => app.draft;
