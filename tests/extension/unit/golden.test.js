import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { EVENTS, helloFrame, readFrame, requestFrame } from "../../../extension/src/protocol.js";

const golden = (name) =>
  JSON.parse(readFileSync(new URL(`../../protocol/${name}.json`, import.meta.url), "utf8"));

for (const frame of golden("server")) {
  test(`a ${frame.type} of the server is read as it is`, () => {
    assert.deepEqual(readFrame(JSON.stringify(frame)), frame);
  });
}

for (const frame of golden("client")) {
  const { type, request_id, protocol, ...fields } = frame;
  if (type === "pong") continue;
  test(`this side writes ${type} ${request_id ?? fields.client} as the server reads it`, () => {
    const text = type === "hello" ? helloFrame(fields) : requestFrame(type, request_id, fields);
    assert.deepEqual(JSON.parse(text), frame);
    if (type === "event") assert.ok(EVENTS.includes(frame.event));
  });
}
