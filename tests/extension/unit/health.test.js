import assert from "node:assert/strict";
import test from "node:test";
import { createHealth } from "../../../extension/src/health.js";

const line = (from) => ({ from, text: "在吗", rung: 0 });

/** @param {string[]} writers */
const lookOf = (writers, box = {}) => ({
  thread: {
    list: { childElementCount: 0, textContent: "" },
    items: writers.length,
    list_rung: 0,
    item_rung: 0,
    bubbles: writers.map(line),
  },
  box,
  box_rung: 0,
  doubtful: false,
});

function judged() {
  const told = [];
  let clock_ms = 1_000_000;
  const health = createHealth({
    site: { id: "demo", version: 1 },
    read_only: false,
    onChange: ({ state, cause }) => told.push(`${state} ${cause}`.trim()),
    now: () => clock_ms,
  });
  return {
    told,
    health,
    after: (ms, writers) => {
      clock_ms += ms;
      return health.judge(lookOf(writers));
    },
  };
}

test("lines that get their writer a moment later are no event", () => {
  const { told, health, after } = judged();
  after(0, ["shopper"]);
  for (let step = 0; step < 16; step += 1) {
    after(40, ["unknown"]);
    assert.equal(health.writable, false);
    after(15, ["shopper"]);
    assert.equal(health.writable, true);
  }
  assert.deepEqual(told, ["ok"]);
});

test("lines that stay without a writer stop the page, once", () => {
  const { told, after } = judged();
  after(0, ["shopper"]);
  assert.equal(after(10, ["unknown"]), 1000);
  assert.equal(after(400, ["unknown"]), 600);
  after(600, ["unknown"]);
  after(500, ["unknown"]);
  assert.deepEqual(told, ["ok", "broken direction"]);
});
