import assert from "node:assert/strict";
import test from "node:test";
import { sideStage } from "../../../extension/src/side/in_panel.js";
import { sidePanelFirst } from "../../../extension/src/side/on_page.js";
import { listeners } from "../../../extension/src/signals.js";
import { sideHub } from "../../../extension/src/worker/side.js";

/** A page's and a side panel's port with the worker's hub between them. */
function worker() {
  const told = [];
  const hub = sideHub({ tell: (port, message) => told.push([port.name, message]) });
  const port = (name, tab) => ({ name, sender: tab === undefined ? {} : { tab: { id: tab } } });
  const since = () => told.splice(0);
  return { hub, port, since };
}

test("a page learns that a side panel shows it, whoever came first", () => {
  const { hub, port, since } = worker();
  const [page, side] = [port("page", 7), port("side")];
  hub.join(page);
  assert.deepEqual(since(), [["page", { kind: "side", open: false }]]);
  hub.watch(side, 7);
  assert.deepEqual(since(), [
    ["side", { kind: "page", there: true }],
    ["page", { kind: "side", open: true }],
  ]);
  hub.relay(page, "from the page");
  hub.relay(side, "from the side");
  assert.deepEqual(since(), [
    ["side", { kind: "body", body: "from the page" }],
    ["page", { kind: "body", body: "from the side" }],
  ]);
  assert.equal(hub.pageOf(side), page);
  hub.watch(side, 8);
  assert.deepEqual(since(), [
    ["page", { kind: "side", open: false }],
    ["side", { kind: "page", there: false }],
  ]);
  hub.watch(side, 7);
  since();
  hub.leave(side);
  assert.deepEqual(since(), [["page", { kind: "side", open: false }]]);
});

test("a page that goes is told of, one of another tab hears nothing", () => {
  const { hub, port, since } = worker();
  const [page, other, side] = [port("page", 7), port("other", 9), port("side")];
  hub.join(page);
  hub.join(other);
  hub.watch(side, 7);
  since();
  hub.relay(other, "not for this side panel");
  assert.deepEqual(since(), []);
  hub.leave(page);
  assert.deepEqual(since(), [["side", { kind: "page", there: false }]]);
});

/** A conversation as a panel hands it on. */
const kept = (name) => ({ conversation: { conversation_id: "c1" }, message: { message_id: "m1" }, name });

/** A panel that notes what it is told. */
function panels() {
  const made = [];
  const mountPanel = (options) => {
    const calls = [];
    const note =
      (name) =>
      (...args) =>
        void calls.push([name, ...args]);
    const panel = {
      options,
      calls,
      gone: false,
      known: () => ({ threads: [kept(`of ${made.length}`)], here: "c1" }),
    };
    for (const name of ["showConversation", "showMessage", "setWaiting", "setHealth", "setLooks", "press"])
      panel[name] = note(name);
    panel.destroy = () => {
      panel.gone = true;
    };
    made.push(panel);
    return panel;
  };
  return { made, mountPanel };
}

test("what the page says goes to the side panel while it is open, with all that was known", async () => {
  const heard = listeners();
  const posted = [];
  let open = false;
  const side = {
    isOpen: () => open,
    post: (body) => posted.push(JSON.parse(JSON.stringify(body))),
    on: (type, fn, signal) => heard.on(type, fn, signal),
  };
  const news = listeners();
  const inserted = [];
  const composer = {
    canInsert: () => ({ ok: true, reason: "" }),
    insert: async (text, binding) => {
      inserted.push([text, binding]);
      return { ok: true, how: "exec" };
    },
    draft: () => "半句",
    onDraft: (fn, { signal }) => news.on("draft", fn, signal),
    onSent: (fn, { signal }) => news.on("sent", fn, signal),
  };
  const { made, mountPanel } = panels();
  const panel = sidePanelFirst({ side, mountPanel })({
    document: { addEventListener: () => {} },
    composer,
    locale: "zh_CN",
    site: "demo",
    platform: "",
    prefs: { theme: "auto", keys: {} },
  });
  panel.showConversation({ conversation_id: "c1" });
  panel.showMessage({ conversation_id: "c1", message_id: "m1", text: "在吗" });
  assert.deepEqual(
    made[0].calls.map(([name]) => name),
    ["showConversation", "showMessage"],
  );

  open = true;
  heard.emit("open", true);
  assert.equal(made[0].gone, true);
  const [begin] = posted.splice(0);
  assert.deepEqual(
    [begin.kind, begin.site, begin.draft, begin.can.fill, begin.kept.threads],
    ["begin", "demo", "半句", true, [kept("of 1")]],
  );
  assert.deepEqual(begin.told.showConversation, [{ conversation_id: "c1" }]);

  // The side panel's stage, on the other end of the line.
  const far = panels();
  const back = [];
  const stage = sideStage({
    document: {},
    container: {},
    link: {},
    memory: {},
    post: (body) => back.push(body),
    mountPanel: far.mountPanel,
    onOptions: () => {},
    onNobody: () => {},
  });
  stage.hear(begin);
  assert.deepEqual(far.made[0].calls, [["showConversation", { conversation_id: "c1" }]]);
  assert.deepEqual(far.made[0].options.known, begin.kept);
  const filling = far.made[0].options.composer.insert("您好", { conversation_id: "c1" });
  heard.emit("body", back.pop());
  await new Promise((done) => setTimeout(done, 0));
  assert.deepEqual(inserted, [["您好", { conversation_id: "c1" }]]);
  stage.hear(posted.pop());
  assert.deepEqual(await filling, { ok: true, how: "exec" });

  panel.showMessage({ conversation_id: "c1", message_id: "m2", text: "什么时候发货" });
  news.emit("sent", { conversation_id: "c1", text: "您好" });
  for (const body of posted.splice(0)) stage.hear(body);
  assert.equal(far.made[0].calls.at(-1)[0], "showMessage");

  // What the side panel knew last is what the page's own panel goes on with.
  heard.emit("body", { deed: "keep", args: [{ threads: [kept("later")], here: "c1" }] });
  await new Promise((done) => setTimeout(done, 0));
  // A worker that comes back: nothing begins anew, what it lost is told again.
  posted.length = 0;
  heard.emit("open", false);
  heard.emit("open", true);
  assert.deepEqual(
    posted.map(({ kind, newest }) => [kind, newest?.message_id]),
    [["resume", "m2"]],
  );
  assert.equal(made.length, 1);
  open = false;
  heard.emit("open", false);
  await new Promise((done) => setTimeout(done, 600));
  // The message that the side panel had not told of yet is told again.
  assert.deepEqual(
    made[1].calls.filter(([name]) => name === "showMessage").map(([, message]) => message.message_id),
    ["m2"],
  );
  assert.deepEqual(made[1].options.known, { threads: [kept("later")], here: "c1" });
});
