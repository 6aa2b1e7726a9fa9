import assert from "node:assert/strict";
import test from "node:test";
import { dueText, standingOf } from "../../../extension/src/panel/to_do.js";

const t = (key, { time }) => `${key} ${time}`;
const local = (text) => new Date(text).toISOString();
const promise = (promise_id, rings_at, due_at) => ({
  promise_id,
  rings_at: local(rings_at),
  due_at: local(due_at),
});

test("what is late, what has rung, and when the next thing happens", () => {
  const now = Date.parse(local("2026-11-30T12:00"));
  const late = promise(1, "2026-11-30T10:00", "2026-11-30T11:00");
  const soon = promise(2, "2026-11-30T11:45", "2026-11-30T12:30");
  const open = promise(3, "2026-11-30T15:00", "2026-11-30T16:00");
  const found = standingOf([late, soon, open], now);
  assert.equal(found.late, 1);
  assert.deepEqual(
    found.due.map(({ promise_id }) => promise_id),
    [1, 2],
  );
  assert.equal(found.next_ms, Date.parse(soon.due_at));
  assert.equal(standingOf([late], now).next_ms, Number.POSITIVE_INFINITY);
});

test("a time is said by its day; midnight ends the day before", () => {
  const now = Date.parse(local("2026-11-30T12:00"));
  assert.equal(dueText(local("2026-11-30T14:05"), now, t), "todo_today 14:05");
  assert.equal(dueText(local("2026-12-01T00:00"), now, t), "todo_today 24:00");
  assert.equal(dueText(local("2026-12-02T00:00"), now, t), "todo_tomorrow 24:00");
  assert.equal(dueText(local("2026-12-01T09:00"), now, t), "todo_tomorrow 09:00");
  assert.equal(dueText(local("2027-01-01T00:00"), now, t), "12-31 24:00");
});
