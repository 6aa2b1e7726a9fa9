/**
 * Clocks outlive a reload of the page: since when each shopper waits is kept in the browser's memory
 * for the session, never on disk. A shopper who was answered elsewhere meanwhile leaves when the page
 * shows so.
 * @typedef {import("../types.js").Waiting} Waiting
 */

/** Whoever waited longer than this has gone, in milliseconds. */
const OVER_MS = 2 * 3600_000;

/** Clocks are written at this rate at most, in milliseconds. */
const WRITE_MS = 300;

/**
 * @param {object} options
 * @param {import("../types.js").Memory} options.memory
 * @param {string} options.site
 * @param {ReturnType<typeof import("./threads.js").threadBook>} options.threads
 * @param {AbortSignal} options.signal
 * @param {() => void} options.onRestored
 * @param {() => number} [options.now] epoch milliseconds
 */
export function keepClocks({ memory, site, threads, signal, onRestored, now = Date.now }) {
  const key = `clocks:${site}`;
  let written = "";
  /** @type {any} */
  let timer = 0;

  const write = () => {
    timer = 0;
    const waiting = threads.waiting();
    const text = JSON.stringify(waiting);
    if (text === written) return;
    written = text;
    memory.set(key, waiting);
  };
  const soon = () => {
    timer ||= setTimeout(write, WRITE_MS);
  };
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });

  memory.get(key).then((kept) => {
    if (signal.aborted) return;
    const since = now() - OVER_MS;
    const waiting = /** @type {Waiting[]} */ (kept ?? []).filter(({ since_ms }) => since_ms > since);
    for (const one of waiting) threads.restore(one);
    threads.onWaiting(soon);
    soon();
    if (waiting.length > 0) onRestored();
  });
}
