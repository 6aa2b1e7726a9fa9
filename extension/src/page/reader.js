/**
 * The open thread: by the names that the adapter gives, or by its shape where no name ever held.
 * @typedef {import("../sites/schema.js").Site} Site
 * @typedef {import("./thread.js").Snapshot} Snapshot
 */
import { createShape } from "./shape.js";
import { troubleOf } from "./sound.js";
import { createThread } from "./thread.js";

/** Names may be missing for this long while a page is being drawn, in milliseconds. */
const DRAWING_MS = 1500;

/**
 * @param {Site} site
 * @param {() => number} now epoch milliseconds
 */
export function createReader(site, now) {
  const thread = createThread(site);
  const shape = createShape(site);
  // One way for the life of a page: the two would not agree on what was read before.
  let way = /** @type {"" | "names" | "shape"} */ ("");
  let since_ms = 0;

  /** @param {Document | ShadowRoot} root @param {string} href @returns {Snapshot} */
  function read(root, href) {
    const named = thread.read(root, href);
    if (way === "names") return named;
    if (way === "" && isCertain(named)) {
      since_ms = 0;
      if (named.bubbles.some(({ text, from }) => text && from !== "system")) way = "names";
      return named;
    }
    since_ms ||= now();
    if (now() - since_ms < DRAWING_MS) return named;
    const shaped = shape.read(root, href, named);
    if (shaped) way = "shape";
    return shaped ?? named;
  }

  return {
    read,
    /** Forgets what was read of the item that holds `target`. @param {Node} target */
    touch(target) {
      thread.touch(target);
      shape.touch(target);
    },
  };
}

/** Every line has a writer, and there are none only where the list holds no words. @param {Snapshot} named */
function isCertain(named) {
  if (troubleOf(named)) return false;
  if (named.items === 0) return (named.list?.textContent ?? "").trim() === "";
  return named.bubbles.every(({ from }) => from !== "unknown");
}
