import assert from "node:assert/strict";
import test from "node:test";
import { siteEntries } from "../../../extension/src/sites/registry.js";
import { newerAdapters } from "../../../extension/src/worker/updates.js";

const shipped = /** @type {any} */ (siteEntries.find(({ id }) => id === "pinduoduo")).adapter;
const version = (n, change = {}) => ({
  ...structuredClone(shipped),
  version: shipped.version + n,
  ...change,
});

test("a newer sound adapter of a known site is taken", () => {
  assert.deepEqual(Object.keys(newerAdapters([version(1)], {})), ["pinduoduo"]);
});

test("what is not newer, not sound or not known is left", () => {
  const left = [
    version(0),
    version(1, { script: "alert(1)" }),
    version(1, { id: "elsewhere" }),
    version(1, { matches: ["https://bank.example.com/*"] }),
    null,
  ];
  assert.deepEqual(newerAdapters(left, {}), {});
  assert.deepEqual(newerAdapters([version(1)], { pinduoduo: version(2) }), {});
});
