import assert from "node:assert/strict";
import test from "node:test";
import { pageUrl } from "../../../extension/src/options/sites.js";
import { saysAutomatic } from "../../../extension/src/page/automatic.js";
import { isNoise } from "../../../extension/src/page/bubble.js";
import { messagesOf } from "../../../extension/src/page/requests.js";
import { exactTime, timeOfDay, waitedFor } from "../../../extension/src/page/times.js";
import { allWaiting, clockFace, longestFirst, minutes } from "../../../extension/src/panel/clock.js";
import { fillHoles, holes, pieces } from "../../../extension/src/panel/holes.js";
import { comboProblem, DEFAULT_KEYS, digitOf } from "../../../extension/src/panel/keys.js";
import { freePlace, keptPlace, meet } from "../../../extension/src/panel/room.js";
import { byWeight, markedRuns, rewritten } from "../../../extension/src/panel/spans.js";
import { standing } from "../../../extension/src/panel/status.js";
import { threadBook } from "../../../extension/src/panel/threads.js";
import { areOpposite } from "../../../extension/src/teach/names.js";

const warning = (start, end, severity = "high", rewrite = "") => ({ start, end, severity, rewrite });

test("pieces mark what was filled and what is missing", () => {
  assert.deepEqual(pieces("今天16:00前，订单{订单号}", ["订单号"], { 截止: "16:00" }), [
    { kind: "text", text: "今天" },
    { kind: "filled", text: "16:00", name: "截止" },
    { kind: "text", text: "前，订单" },
    { kind: "hole", name: "订单号" },
  ]);
});

test("a value of one character is not looked for", () => {
  assert.deepEqual(pieces("1天1件", [], { 件数: "1" }), [{ kind: "text", text: "1天1件" }]);
});

test("any brace that is left is a hole, named by the server or not", () => {
  assert.deepEqual(holes("{昵称}您好，{ 订单号 }和{昵称}"), ["昵称", "订单号"]);
  assert.equal(fillHoles("{昵称}您好，{订单号}", { 昵称: "小瓜", 订单号: " " }), "小瓜您好，{订单号}");
});

test("spans are code points, and the graver warning wins", () => {
  assert.deepEqual(markedRuns("😀加微信吗", [warning(1, 4, "medium"), warning(2, 4)]), [
    { text: "😀", severity: "" },
    { text: "加", severity: "medium" },
    { text: "微信", severity: "high" },
    { text: "吗", severity: "" },
  ]);
});

test("warnings stand by weight, then by place", () => {
  const sorted = byWeight([warning(5, 6, "low"), warning(3, 4), warning(1, 2)]);
  assert.deepEqual(
    sorted.map(({ start }) => start),
    [1, 3, 5],
  );
});

test("a rewrite takes the place of the clause that holds the span, and of nothing else", () => {
  const change = (text, from, to, words) => rewritten(text, warning(from, to, "high", words));
  const safe = "在这里沟通就好。";
  assert.equal(change("您好😀。加我微信发图，快点！谢谢", 4, 7, safe), "您好😀。在这里沟通就好，快点！谢谢");
  assert.equal(change("加我微信", 0, 4, safe), safe);
  assert.equal(
    change("您好，这款全网最低价，今天发货", 5, 9, "以下单页为准。"),
    "您好，以下单页为准，今天发货",
  );
  // A wording greets where the message begins with it.
  const greets = "您好，在这里沟通就好。";
  assert.equal(change("加我微信，今天发", 0, 4, greets), "您好，在这里沟通就好，今天发");
  assert.equal(change("在的。加我微信", 3, 7, greets), "在的。在这里沟通就好。");
  // A span over several clauses goes whole; what it does not touch stays.
  assert.equal(change("在的，加微，信吧，谢谢", 3, 8, safe), "在的，在这里沟通就好，谢谢");
});

test("the id that a clause about contact leads to goes with it", () => {
  const safe = "在这里沟通就好。";
  const change = (text, from, to, category = "contact_diversion") =>
    rewritten(text, { ...warning(from, to, "high", safe), category });
  for (const [text, now] of [
    ["在的亲，您加我微信 wx_demo01，我发实拍图给您", "在的亲，在这里沟通就好，我发实拍图给您"],
    ["在的亲，您加我微信：138 0000 0000", "在的亲，在这里沟通就好。"],
    ["在的亲，您加我微信，一三八零零零零零零零零，随时找我", "在的亲，在这里沟通就好，随时找我"],
    ["在的亲，您加我微信 1️⃣3️⃣8️⃣零零零零 打这个", "在的亲，在这里沟通就好 打这个"],
    ["在的亲，您加我微信（shop-abc.123），谢谢", "在的亲，在这里沟通就好，谢谢"],
    ["在的亲，您加我微信 今天发货", "在的亲，在这里沟通就好 今天发货"],
    ["在的亲，您加我微信，48小时发货", "在的亲，在这里沟通就好，48小时发货"],
  ]) {
    assert.equal(change(text, 5, 9), now);
  }
  assert.equal(change("全网最低价 iPhone15 现货", 0, 5, "false_promise"), "在这里沟通就好 iPhone15 现货");
});

test("clocks name the stage a wait is in", () => {
  const timers = { greeting_s: 15, answer_s: 20, platform_s: 180 };
  const stage = (waited_s, first = false) =>
    clockFace({ conversation_id: "c", name: "", since_ms: 0, first }, waited_s * 1000, timers).stage;
  assert.deepEqual(
    [stage(14, true), stage(15, true), stage(19), stage(20), stage(120), stage(180)],
    ["fresh", "late", "fresh", "late", "soon", "over"],
  );
  assert.deepEqual([minutes(7), minutes(75.9), minutes(3723)], ["0:07", "1:15", "1:02:03"]);
  assert.deepEqual(
    longestFirst([{ since_ms: 5 }, { since_ms: 2 }]).map(({ since_ms }) => since_ms),
    [2, 5],
  );
});

test("a key that a page or the browser uses is refused", () => {
  assert.equal(comboProblem("search", "Alt+KeyF", DEFAULT_KEYS), "taken");
  assert.equal(comboProblem("search", DEFAULT_KEYS.fold, DEFAULT_KEYS), "twice");
  assert.equal(comboProblem("search", "KeyS", DEFAULT_KEYS), "bare");
  assert.equal(comboProblem("search", "Alt+KeyJ", DEFAULT_KEYS), "");
  assert.equal(digitOf({ code: "Numpad3" }), 3);
  assert.equal(digitOf({ code: "Digit0" }), 0);
});

const rectOf = ({ right, bottom, width, room }, view) => ({
  left: view.width - right - width,
  top: view.height - bottom - room,
  right: view.width - right,
  bottom: view.height - bottom,
});

test("a panel stands clear of box, send button and newest lines, in every layout", () => {
  const view = { width: 1366, height: 650 };
  const layouts = {
    "chat in the middle, order to its right": [260, 980],
    "chat over all of the page": [0, 1366],
    "chat at the right": [500, 1366],
    "chat at the left": [0, 900],
  };
  for (const [name, [left, right]] of Object.entries(layouts)) {
    const box = [{ left, right, top: 500, bottom: 650 }];
    const lines = [{ left, right, top: 300, bottom: 500 }];
    const found = rectOf(freePlace(view, { box, lines }), view);
    assert.ok(found.left >= 0 && found.top >= 0 && found.right <= 1366 && found.bottom <= 650, name);
    for (const rect of [...box, ...lines]) assert.ok(!meet(found, rect), name);
    assert.ok(found.bottom - found.top >= 160, name);
  }
  const beside = freePlace(view, { box: [{ left: 260, right: 960, top: 500, bottom: 650 }], lines: [] });
  assert.deepEqual([beside.beside, beside.room > 600], [true, true]);
});

test("the list of conversations stays free where that leaves good room, else gives way", () => {
  const view = { width: 1366, height: 650 };
  const box = [{ left: 260, right: 960, top: 500, bottom: 650 }];
  const lines = [{ left: 260, right: 960, top: 300, bottom: 500 }];
  const rows = [{ left: 0, right: 250, top: 60, bottom: 650 }];
  const roomy = freePlace(view, { box, lines, rows });
  assert.ok(!meet(rectOf(roomy, view), rows[0]) && roomy.room >= 320);
  const wide = [{ left: 420, right: 1366, top: 0, bottom: 650 }];
  const only = freePlace(view, {
    box: wide,
    lines: [],
    rows: [{ left: 0, right: 400, top: 0, bottom: 650 }],
  });
  assert.ok(only.room > 600 && rectOf(only, view).right <= 420);
});

test("a panel that somebody moved stays there, within the window and off the reply box", () => {
  const view = { width: 1000, height: 700 };
  const free = { box: [], lines: [] };
  const at = (chosen, clear = free) => keptPlace(chosen, view, clear);
  assert.deepEqual([at({ right: 200, bottom: 40 }).right, at({ right: 200, bottom: 40 }).bottom], [200, 40]);
  assert.deepEqual([at({ right: -50, bottom: 900 }).right, at({ right: -50, bottom: 900 }).bottom], [8, 532]);
  const box = [{ left: 0, right: 1000, top: 560, bottom: 700 }];
  const moved = rectOf(at({ right: 200, bottom: 40 }, { box, lines: [] }), view);
  assert.deepEqual([moved.right, moved.bottom], [800, 552]);
});

test("one state speaks, the worst first", () => {
  const link = { status: "ready", welcome: { library: { scripts: 3 } } };
  const say = (change, health = { state: "ok" }, copyOnly = false) =>
    standing({ ...link, ...change }, health, { copyOnly })?.key ?? null;
  assert.equal(say({}), null);
  assert.equal(say({ status: "away" }, { state: "broken" }), "state_away");
  assert.equal(say({ status: "connecting" }), null);
  assert.equal(say({ status: "connecting", welcome: null }), "state_connecting");
  assert.equal(say({ welcome: { library: { scripts: 0 } } }), "state_empty");
  assert.equal(say({}, { state: "read_only", cause: "by_choice" }), "health_by_choice");
  assert.equal(say({}, { state: "read_only", cause: "box" }, true), null);
});

test("a conversation waits from its first unanswered message until something is sent", () => {
  const book = threadBook();
  const message = (message_id, extra = {}) => ({ conversation_id: "c", message_id, text: "在吗", ...extra });
  book.hear(message("1"), 1000);
  book.hear(message("2"), 5000);
  assert.deepEqual(book.waiting(), [{ conversation_id: "c", name: "", since_ms: 1000, first: true }]);
  book.peek("c").used = { suggestion_id: "s", script_id: "x", text: "在的" };
  assert.equal(book.said("c", "在的亲").suggestion_id, "s");
  assert.deepEqual(book.waiting(), []);
  book.hear(message("3", { sent_at: new Date(6000).toISOString() }), 9000);
  assert.deepEqual(book.waiting(), [{ conversation_id: "c", name: "", since_ms: 6000, first: false }]);
});

test("the book keeps the last 200 conversations", () => {
  const book = threadBook();
  for (let n = 0; n < 250; n += 1) book.of({ conversation_id: String(n) });
  assert.equal(book.peek("49"), undefined);
  assert.notEqual(book.peek("50"), undefined);
});

test("one clock a conversation, from the earlier start; the one on screen goes by its lines", () => {
  const one = (conversation_id, since_ms, more = {}) => ({ conversation_id, name: "", since_ms, ...more });
  const seen = [one("a", 50), one("b", 30)];
  const listed = [one("b", 10), one("c", 20), one("d", 5), one("a", 60)];
  assert.deepEqual(
    allWaiting(seen, listed, "d").map(({ conversation_id, since_ms }) => [conversation_id, since_ms]),
    [
      ["b", 10],
      ["c", 20],
      ["a", 50],
    ],
  );
});

test("how long somebody waited, as pages write it", () => {
  const s = (written) =>
    waitedFor(written, 10_000_000) ? (10_000_000 - waitedFor(written, 10_000_000)) / 1000 : 0;
  assert.deepEqual(
    ["3分20秒", "已等待5分钟", "20秒", "1小时2分", "2:05", "1:02:05", "超时", ""].map(s),
    [200, 300, 20, 3720, 125, 3725, 0, 0],
  );
});

test("a time of day is today's, and its minute's end", () => {
  const now = new Date(2026, 8, 8, 17, 31, 10).getTime();
  const at = (...time) => new Date(2026, 8, 8, ...time).getTime();
  assert.deepEqual(
    ["17:30", "17:30:05", "17:31", "18:40", "2026-09-08 17:29:01", "2026-09-06 17:29:01", "昨天"].map(
      (written) => timeOfDay(written, now),
    ),
    [at(17, 30, 59), at(17, 30, 5), now, 0, at(17, 29, 1), 0, 0],
  );
});

test("another page's address may be typed without its scheme", () => {
  const said = (typed) => pageUrl(typed)?.origin ?? "";
  assert.equal(said("chat.example.com/im"), "https://chat.example.com");
  assert.equal(said(" https://chat.example.com "), "https://chat.example.com");
  assert.equal(said("192.168.1.4:8080/chat"), "http://192.168.1.4:8080");
  assert.equal(said("chat.example.com:8443"), "https://chat.example.com:8443");
  for (const typed of ["", "聊天 页", "chat", "ftp://chat.example.com", "javascript:alert(1)"])
    assert.equal(said(typed), "", typed);
});

test("long lines of a history are cut between characters", () => {
  const said = (from, text, key) => ({ from, text, key, node: {}, sent_at: "" });
  const known = [
    said("agent", `${"好".repeat(499)}👍👍`, "1"),
    said("shopper", `👍${"急".repeat(4000)}`, "2"),
  ];
  const [{ message }] = messagesOf(
    { id: "c", name: "", requested: new Set(), texts: new Map(), asked: null },
    [known[1]],
    known,
    0,
  );
  assert.equal(message.history[0].text, `${"好".repeat(499)}👍`);
  assert.equal(message.text, "急".repeat(4000));
});

test("only times to the second say how far two lines are apart", () => {
  assert.equal(exactTime("17:30:18") - exactTime("17:30:17"), 1000);
  assert.equal(exactTime("2026-09-08 17:30:18") - exactTime("2026-09-08 17:30:17"), 1000);
  assert.ok(Number.isNaN(exactTime("17:30")));
  assert.ok(Number.isNaN(exactTime("2026-09-08 17:30")));
});

test("notices of lines taken back are nobody's, talk of taking back is somebody's", () => {
  const site = /** @type {any} */ ({});
  for (const notice of [
    "对方撤回了一条消息",
    "“小朵”撤回了一条消息",
    "此消息已被撤回",
    "This message was deleted",
  ])
    assert.equal(isNoise(notice, site), true, notice);
  for (const said of ["我撤回了退款申请", "消息已读不回吗", "撤回可以吗", "delete this message please"])
    assert.equal(isNoise(said, site), false, said);
});

test("a robot's line says so", () => {
  assert.equal(saysAutomatic("【自动回复】您好"), true);
  assert.equal(saysAutomatic("您好，有货的"), false);
});

test("two names are opposite when one word of each stands against the other", () => {
  for (const [one, other] of [
    [".msg--me", ".msg--other"],
    [".is-right", ".is-left"],
    ["lineOutgoing", "lineIncoming"],
    ['[data-role="user"]', '[data-role="assistant"]'],
  ]) {
    assert.ok(areOpposite(one, other), `${one} ${other}`);
    assert.ok(areOpposite(other, one), `${other} ${one}`);
  }
  for (const [one, other] of [
    // What the shop sent was received by the server: a state, not a side.
    [".msg--received", ".msg--other"],
    [".msg--me", ".msg--me"],
    [".msg--me", ".row--other"],
    [".msg-me", ".msg-me-new"],
  ])
    assert.ok(!areOpposite(one, other), `${one} ${other}`);
});
