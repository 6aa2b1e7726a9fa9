/**
 * What the replay pages have in common: the conversations, what happens in them, and the switches
 * that make a page drift. Each page draws it with the framework and the DOM of its site.
 *
 * `window.replay` is how a test plays shopper, platform and page; the agent's part (typing,
 * Enter, opening a conversation) goes through the page itself.
 */

/** @typedef {{id: string, from: "shopper" | "agent" | "robot" | "system", text: string, at: string, kind: string}} Line */
/** @typedef {{id: string, name: string, lines: Line[], unread: number}} Talk */

const hash = (text) =>
  [...text].reduce((n, c) => (Math.imul(n, 31) + c.codePointAt(0)) >>> 0, 7).toString(36);

export function createReplay(shoppers) {
  /** @type {Talk[]} */
  const talks = shoppers.map(([id, name]) => ({ id, name, lines: [], unread: 0 }));
  const listeners = new Set();
  const drift = { classes: false, ids: false, box: false };
  let count = 0;
  let seconds = 0;
  let epoch = 0;
  let active = talks[0].id;

  const changed = () => {
    for (const listener of listeners) listener();
  };
  const talkOf = (id) => talks.find((talk) => talk.id === id);
  // A robot answers in the same second, a person does not.
  const stamp = (from) => {
    seconds += from === "robot" ? 0 : 7;
    return new Date(Date.UTC(2026, 8, 8, 9, 0, seconds)).toISOString().slice(0, 19).replace("T", " ");
  };
  const put = (id, from, text, kind = "text") => {
    count += 1;
    const line = { id: `m${String(count).padStart(6, "0")}`, from, text, kind, at: stamp(from) };
    const talk = talkOf(id);
    talk.lines = [...talk.lines, line].slice(-replay.keep);
    if (from === "shopper" && id !== active) talk.unread += 1;
    // Answered by a colleague or on another device: the mark goes here too.
    if (from === "agent") talk.unread = 0;
    return line.id;
  };

  /** The shopper's last line becomes what `by` makes of it. */
  const change = (id, by) => {
    const talk = talkOf(id);
    const at = talk.lines.findLastIndex(({ from, text }) => from === "shopper" && !text.includes("撤回"));
    talk.lines = talk.lines.flatMap((line, i) => (i === at ? by(line) : [line]));
  };

  const replay = {
    talks,
    drift,
    sent: [],
    /** Lines that the page keeps of a conversation; older ones leave it, as on real pages. */
    keep: Number.POSITIVE_INFINITY,
    /** How long a page says that shoppers have waited. */
    waited: "0:05",
    get active() {
      return active;
    },
    get epoch() {
      return epoch;
    },
    onChange: (listener) => listeners.add(listener),
    current: () => talkOf(active),
    /** A class as the page writes it today. */
    css: (name) => (drift.classes ? `x${hash(name)}` : name),
    /** An id or data attribute; gone in an id drift. */
    mark: (value) => (drift.ids ? undefined : value),
    say: (id, text, kind) => act(() => put(id, "shopper", text, kind)),
    answer: (id, text) => act(() => put(id, "agent", text)),
    robot: (id, text) => act(() => put(id, "robot", text)),
    system: (id, text) => act(() => put(id, "system", text)),
    burst: (id, texts) => act(() => texts.map((text) => put(id, "shopper", text))),
    play: (steps) => act(() => steps.map(([from, id, text]) => put(id, from, text))),
    /** The shopper's last line is taken back: gone, or with a notice in its place or in its bubble. */
    recall: (id, way) =>
      act(() =>
        change(id, (line) => {
          if (way === "gone") return [];
          const from = way === "notice" ? "system" : "shopper";
          return [{ ...line, from, text: "对方撤回了一条消息" }];
        }),
      ),
    /** The shopper changes the last line. */
    edit: (id, text) => act(() => change(id, (line) => [{ ...line, text }])),
    older: (id, n) =>
      act(() => {
        const talk = talkOf(id);
        const lines = Array.from({ length: n }, (_, i) => ({
          id: `o${talk.lines.length}-${i}`,
          from: i % 2 ? "agent" : "shopper",
          text: `很早以前的第 ${i} 句`,
          kind: "text",
          at: `2026-08-01 10:00:${String(i % 60).padStart(2, "0")}`,
        }));
        talk.lines = [...lines, ...talk.lines];
      }),
    open: (id) =>
      act(() => {
        active = id;
        talkOf(id).unread = 0;
      }),
    /** New shoppers come, into the list of conversations only. */
    join: (newcomers) =>
      act(() => {
        talks.push(...newcomers.map(([id, name]) => ({ id, name, lines: [], unread: 0 })));
      }),
    /** Rows of the list in the order of the page: who spoke last stands first. */
    rows: () => [...talks].sort((a, b) => newest(b) - newest(a)),
    rename: (id, name) =>
      act(() => {
        talkOf(id).name = name;
      }),
    /** The page throws its nodes away and draws the same again. */
    rerender: () =>
      act(() => {
        epoch += 1;
      }),
    setDrift: (part) =>
      act(() => {
        drift[part] = true;
        epoch += 1;
      }),
    /** A person pressed Enter or the button. */
    send: (text) => {
      if (!text.trim()) return;
      replay.sent.push({ to: active, text });
      act(() => put(active, "agent", text));
    },
    /** What the page's own state holds of the reply box; each page sets it. */
    box: () => "",
  };

  function act(work) {
    const result = work();
    changed();
    return result;
  }
  window.replay = replay;
  return replay;
}

const newest = ({ lines }) => Number(lines.at(-1)?.id.slice(1) ?? 0);

/** What a row previews of its conversation. */
export const preview = ({ lines }) => lines.at(-1)?.text ?? "";

export const ROW_HEIGHT = 40;

/** The part of the list that a virtual list draws: as many rows as show, one more on each side. */
export function windowOf(rows, scroller) {
  const height = scroller?.clientHeight || 600;
  const first = Math.max(0, Math.floor((scroller?.scrollTop ?? 0) / ROW_HEIGHT) - 1);
  return { first, shown: rows.slice(first, first + Math.ceil(height / ROW_HEIGHT) + 2) };
}

/** Enter sends, as on every seller page; Shift+Enter and an IME's Enter do not. */
export const isSend = (event) => event.key === "Enter" && !event.shiftKey && !event.isComposing;

/** An element; attributes that are undefined stay away. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

export const SHOPPERS = [
  ["810001", "小**朵"],
  ["810002", "X*K"],
  ["810003", "X*K"],
  ["810004", "爱**家"],
];

export const CSS = `
  body { margin: 0; font: 14px/1.5 sans-serif; }
  .app { display: flex; height: 100vh; }
  .side { width: 220px; overflow: auto; border-right: 1px solid #ddd; }
  .main { flex: 1; display: flex; flex-direction: column; min-width: 0; }
  .thread { flex: 1; overflow: auto; min-height: 0; }
  .line { display: flex; flex-wrap: wrap; padding: 4px 12px; }
  .line.to-right { justify-content: flex-end; }
  .line.in-middle { justify-content: center; color: #888; }
  .bubble { background: #eef; border-radius: 6px; padding: 4px 8px; max-width: 480px; white-space: pre-wrap; }
  .reply { min-height: 60px; border-top: 1px solid #ddd; padding: 6px; }
  textarea, .edit { width: 95%; min-height: 48px; }
`;

/** Where a line stands, whatever its classes are called; layout does not drift. */
export const place = (from) =>
  from === "agent" || from === "robot" ? "line to-right" : from === "system" ? "line in-middle" : "line";

/** Brings the children of `list` in line with `lines`: new ones in their place, none drawn twice. */
export function sync(list, lines, item) {
  const ids = new Set(lines.map(({ id }) => id));
  for (const node of [...list.children]) if (node.line && !ids.has(node.line.id)) node.remove();
  const drawn = new Map([...list.children].map((node) => [node.line?.id, node]));
  let before = list.firstChild;
  for (const line of lines) {
    const known = drawn.get(line.id);
    if (known?.line === line) {
      before = known.nextSibling;
      continue;
    }
    const node = item(line);
    node.line = line;
    if (known) known.replaceWith(node);
    else list.insertBefore(node, before);
    before = node.nextSibling;
  }
}
