import assert from "node:assert/strict";
import test from "node:test";
import { mayBegin } from "../../../extension/src/panel/quick.js";
import { maySearch } from "../../../extension/src/panel/quick_dialog.js";
import { threadBook } from "../../../extension/src/panel/threads.js";

test("a slash opens the search where a reply may begin, and is a slash elsewhere", () => {
  for (const before of ["", "您好。", "在的，", "第一行\n", "稍等 "]) assert.ok(mayBegin(before), before);
  for (const before of ["和", "1", "http:", "https:/", "km"]) assert.ok(!mayBegin(before), before);
});

test("words and figures are looked for; what begins with a sign or a blank is meant for the box", () => {
  for (const typed of ["", "fahuo", "发货", "086", "é"]) assert.ok(maySearch(typed), typed);
  for (const typed of [":086", "/", " a", "。", "😀", "#E"]) assert.ok(!maySearch(typed), typed);
});

test("threads go to another panel and come back the same; what was being asked is asked again", () => {
  const first = threadBook();
  const thread = first.hear({ conversation_id: "c1", message_id: "m1", text: "在吗", history: [] }, 1000);
  thread.said.add("您好");
  thread.parts_done.set("a", 1);
  const second = threadBook();
  second.load(JSON.parse(JSON.stringify(first.dump())));
  const found = second.peek("c1");
  assert.deepEqual([...found.said], ["您好"]);
  assert.equal(found.parts_done.get("a"), 1);
  assert.equal(found.waiting_since_ms, 1000);
  assert.deepEqual(second.unanswered(), [found]);
});

test("a clock from before a reload goes on, unless the page says that it was answered", () => {
  const book = threadBook();
  book.hear({ conversation_id: "c1", message_id: "m1", text: "在吗" }, 9000);
  book.hear({ conversation_id: "c2", message_id: "m2", text: "在吗", answered: true }, 9000);
  for (const conversation_id of ["c1", "c2", "c3"])
    book.restore({ conversation_id, name: "风行", since_ms: 4000, first: true });
  assert.deepEqual(
    book.waiting().map(({ conversation_id, since_ms }) => [conversation_id, since_ms]),
    [
      ["c1", 4000],
      ["c3", 4000],
    ],
  );
});
