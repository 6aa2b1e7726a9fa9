/** The kit's own bundle stands in the page before this one; here is only a line in its shape. */
import { hub, reply } from "./hub.js";

const stream = (first) => {
  const observers = new Set();
  let last = first;
  return {
    next(value) {
      last = value;
      for (const observer of observers) observer.next(value);
    },
    subscribe(given) {
      const observer = typeof given === "function" ? { next: given } : given;
      observers.add(observer);
      if (first !== undefined) observer.next(last);
      return { unsubscribe: () => observers.delete(observer) };
    },
  };
};
const activity$ = stream();
const connectionStatus$ = stream(0);
let count = 0;
const activityOf = (given) => {
  count += 1;
  return { id: String(count), timestamp: new Date().toISOString(), channelId: "hub", conversation: { id: "c" }, ...given };
};
hub(({ text, from }) => activity$.next(activityOf({ type: "message", from: { id: from, name: from, role: "bot" }, text })));
const directLine = {
  activity$,
  connectionStatus$,
  referenceGrammarId: "x",
  end() {},
  getSessionId: () => ({ subscribe() {} }),
  postActivity(given) {
    const made = activityOf(given);
    if (given.type === "message") reply(given.text);
    return {
      subscribe(observer) {
        const next = typeof observer === "function" ? observer : observer.next?.bind(observer);
        setTimeout(() => {
          activity$.next(made);
          next?.(made.id);
          observer.complete?.();
        }, 0);
        return { unsubscribe() {} };
      },
    };
  },
};
setTimeout(() => {
  connectionStatus$.next(1);
  connectionStatus$.next(2);
}, 50);
window.WebChat.renderWebChat({ directLine, userID: "seller", username: "seller", locale: "zh-CN" }, document.getElementById("root"));
