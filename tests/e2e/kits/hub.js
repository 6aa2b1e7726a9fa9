/**
 * The shoppers' end of every kit page, inside the page: `replay.say` is a shopper, `replay.sent`
 * what the seller sent.
 */
const heard = [];
export const hub = (onShopper) => heard.push(onShopper);
export const reply = (text) => window.replay.sent.push(text);

window.replay = {
  sent: [],
  say: (text, from = "buyer1") => {
    for (const listener of heard) listener({ text, from });
  },
};

/** Lines so far, for kits that leave keeping them to the page. */
let lines = [];
const listeners = new Set();

/** @param {"shopper" | "agent"} from @param {string} text */
function put(from, text) {
  lines = [...lines, { id: `line${lines.length + 1}`, from, text }];
  for (const listener of listeners) listener();
}
hub(({ text }) => put("shopper", text));

export const desk = {
  shopper: "buyer1",
  lines: () => lines,
  /** @param {() => void} listener @returns {() => void} ends it */
  onChange(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  /** @param {string} text */
  send(text) {
    if (!text.trim()) return;
    reply(text);
    put("agent", text);
  },
};

/** Enter sends; an IME's Enter and Shift+Enter do not. */
export const isSend = (event) => event.key === "Enter" && !event.shiftKey && !event.nativeEvent?.isComposing;
