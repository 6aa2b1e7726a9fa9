import assert from "node:assert/strict";
import test, { mock } from "node:test";
import { linkError, refusalStatus, retryDelay, socketLink } from "../../../extension/src/link.js";
import { eventOutbox } from "../../../extension/src/outbox.js";
import { readFrame, requestFrame } from "../../../extension/src/protocol.js";

const WELCOME = { type: "welcome", protocol: 1, agent: "小晴", role: "agent", shop: "a", server: "1" };

/** Sockets that a test opens, answers and closes by hand. */
function socketMaker() {
  const made = [];
  class Socket {
    constructor(url) {
      this.url = url;
      this.sent = [];
      this.readyState = 0;
      made.push(this);
    }
    send(text) {
      this.sent.push(JSON.parse(text));
    }
    close() {
      this.readyState = 3;
    }
    open() {
      this.readyState = 1;
      this.onopen();
    }
    hear(frame) {
      this.onmessage({ data: JSON.stringify(frame) });
    }
    lose(code = 1006) {
      this.readyState = 3;
      this.onclose({ code });
    }
    of(type) {
      return this.sent.filter((frame) => frame.type === type);
    }
  }
  return { made, Socket };
}

const soon = () => new Promise((resolve) => setImmediate(resolve));
const hello = async () => ({ url: "ws://x/live", token: "t", client: "test" });

async function connected(options = {}) {
  const { made, Socket } = socketMaker();
  const link = socketLink({ hello, Socket, ...options });
  await soon();
  made[0].open();
  made[0].hear(WELCOME);
  return { link, made };
}

test.beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "Date"] }));
test.afterEach(() => mock.timers.reset());

test("hello comes first, then what was asked meanwhile", async () => {
  const { made, Socket } = socketMaker();
  const link = socketLink({ hello, Socket });
  const answer = link.request("message", { text: "在吗" });
  await soon();
  made[0].open();
  assert.deepEqual(
    made[0].sent.map(({ type }) => type),
    ["hello"],
  );
  made[0].hear(WELCOME);
  const [{ request_id }] = made[0].of("message");
  made[0].hear({
    type: "suggestions",
    request_id,
    conversation_id: "c",
    message_id: "m",
    suggestions: [],
    shown: 0,
    warnings: [],
  });
  assert.equal((await answer).shown, 0);
  assert.equal(link.state.status, "ready");
});

test("a ping is answered", async () => {
  const { made } = await connected();
  made[0].hear({ type: "ping" });
  assert.equal(made[0].of("pong").length, 1);
});

test("a lost socket is opened again and the message asked again under its id", async () => {
  const { link, made } = await connected();
  link.request("message", { text: "在吗" }).catch(() => {});
  made[0].lose();
  assert.equal(link.state.status, "away");
  mock.timers.tick(1000);
  await soon();
  made[1].open();
  made[1].hear(WELCOME);
  assert.equal(made[1].of("message")[0].request_id, made[0].of("message")[0].request_id);
});

test("an event stays until recorded, over a lost socket and a new life of the worker", async () => {
  let kept = {};
  const store = {
    load: async () => kept,
    save: async (events) => {
      kept = structuredClone(events);
    },
  };
  const first = await connected({ store });
  first.link.request("event", { event: "inserted", conversation_id: "c" });
  await soon();
  const [{ request_id }] = first.made[0].of("event");
  assert.deepEqual(Object.keys(kept), [request_id]);
  // The worker dies without a word; the next one finds the event and sends it under the same id.
  const second = await connected({ store });
  await soon();
  assert.equal(second.made[0].of("event")[0].request_id, request_id);
  second.made[0].hear({ type: "recorded", request_id });
  await soon();
  assert.deepEqual(kept, {});
  assert.equal(second.link.state.pending_events, 0);
});

test("an event that the server cannot take now is kept, one that it never takes is given up", async () => {
  const { link, made } = await connected();
  const kept = link.request("event", { event: "sent" });
  const refused = link.request("event", { event: "nonsense" });
  await soon();
  const [first, second] = made[0].of("event");
  made[0].hear({ type: "error", request_id: first.request_id, code: "internal", message: "disk" });
  made[0].hear({
    type: "error",
    request_id: second.request_id,
    code: "bad_request",
    message: "unknown event",
  });
  await assert.rejects(refused, { code: "bad_request" });
  await soon();
  assert.equal(link.state.pending_events, 1);
  mock.timers.tick(5_000);
  assert.equal(made[0].of("event").length, 3);
  made[0].hear({ type: "recorded", request_id: first.request_id });
  assert.equal((await kept).type, "recorded");
});

test("a refused token is revoked and not tried again", async () => {
  const { made, Socket } = socketMaker();
  const link = socketLink({ hello, Socket });
  await soon();
  made[0].open();
  made[0].hear({ type: "error", code: "refused", message: "token is unknown" });
  assert.equal(link.state.status, "revoked");
  mock.timers.tick(120_000);
  await soon();
  assert.equal(made.length, 1);
});

test("nothing paired means no socket; an older server means version", async () => {
  const { made, Socket } = socketMaker();
  const link = socketLink({ hello: async () => null, Socket });
  await soon();
  assert.equal(link.state.status, "unpaired");
  assert.equal(made.length, 0);
  assert.equal(refusalStatus({ code: "protocol" }), "version");
  assert.equal(refusalStatus({ code: "bad_request" }), "away");
});

test("a silent peer is given up", async () => {
  const { link, made } = await connected();
  mock.timers.tick(45_000);
  assert.equal(link.state.status, "away");
  assert.equal(made[0].readyState, 3);
});

test("a search without a line fails at once; an aborted one is not answered", async () => {
  const { link, made } = await connected();
  const end = new AbortController();
  const gone = link.request("search", { query: "fh" }, { signal: end.signal });
  end.abort();
  await assert.rejects(gone, { code: "aborted" });
  made[0].lose();
  await assert.rejects(link.request("search", { query: "fh" }), { code: "away" });
});

test("waits double up to a quarter of a minute, with jitter", () => {
  assert.deepEqual(
    [0, 1, 2, 10].map((tries) => retryDelay(tries, 0.5)),
    [500, 1000, 2000, 15_000],
  );
  assert.ok(retryDelay(0, 0) < retryDelay(0, 1));
});

test("frames are checked by name", () => {
  assert.throws(
    () => readFrame('{"type":"welcome","protocol":"1"}'),
    /welcome.protocol is string; expected number/,
  );
  assert.throws(() => readFrame("[]"), /expected an object with a type/);
  assert.equal(readFrame('{"type":"from_the_future","x":1}').x, 1);
  assert.throws(() => requestFrame("message", "1", { text: "长".repeat(30_000) }), /65536/);
  assert.throws(() => requestFrame("shout", "1", {}), /request type is shout/);
  assert.equal(linkError("away").code, "away");
});

test("an outbox keeps what was added before the earlier life was loaded", async () => {
  let give;
  const box = eventOutbox({ load: () => new Promise((resolve) => (give = resolve)), save: async () => {} });
  const added = box.add("new", { event: "sent" });
  give({ old: { event: "copied" } });
  await added;
  assert.deepEqual(
    box.entries().map(([id]) => id),
    ["old", "new"],
  );
});

test("an error without an id ends the wait of whoever asked", async () => {
  const { link, made } = await connected();
  const asked = link.request("message", { text: "在吗" });
  const event = link.request("event", { event: "sent" });
  await soon();
  made[0].hear({ type: "error", code: "bad_json", message: "no JSON" });
  await assert.rejects(asked, { code: "bad_json", message: "no JSON" });
  made[0].hear({ type: "recorded", request_id: made[0].of("event")[0].request_id });
  await event;
});

test("half of an emoji does not leave this side", () => {
  const frame = requestFrame("message", "1", {
    text: "好\ud83d",
    history: [{ from: "agent", text: "\udc4d" }],
  });
  assert.equal(/\\ud[89a-f]/iu.test(frame), false);
  assert.deepEqual(JSON.parse(frame).history, [{ from: "agent", text: "\ufffd" }]);
});
