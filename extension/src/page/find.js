/**
 * Finds elements and words by an adapter's rungs. A rung is tried only when those before it
 * found nothing; which one held is part of the answer, since health depends on it.
 * @typedef {import("../sites/schema.js").Rung} Rung
 * @typedef {import("../sites/schema.js").Read} Read
 * @typedef {import("../sites/schema.js").Site} Site
 * @typedef {Document | ShadowRoot | Element} Scope
 */

/**
 * Whether the element has a box on the page, at whatever scroll position.
 * @param {Element} element
 */
export function shows(element) {
  return element.isConnected && element.checkVisibility({ visibilityProperty: true });
}

/** One step up, out of a shadow root too. @param {Node} node @returns {Node | null} */
export const parentOf = (node) => node.parentNode ?? (node instanceof ShadowRoot ? node.host : null);

/** Whether the element may scroll what it holds. @param {Element} element */
export const scrolls = (element) => /auto|scroll|overlay/u.test(getComputedStyle(element).overflowY);

/**
 * The element of the first rung that finds one, and that rung's place.
 * @param {Scope} scope
 * @param {Rung[]} rungs
 * @param {Element | null} [list] the thread, for rungs that go by where it ends
 * @returns {{element: Element, rung: number} | null}
 */
export function findOne(scope, rungs, list = null) {
  for (const [rung, entry] of rungs.entries()) {
    const element = byRung(scope, entry, list);
    if (element) return { element, rung };
  }
  return null;
}

/** @param {Scope} scope @param {Rung} entry @param {Element | null} list @returns {Element | null} */
function byRung(scope, entry, list) {
  if (typeof entry === "string") return scope.querySelector(entry);
  if (!entry.visible && !entry.last && !entry.below_list) return scope.querySelector(entry.css);
  const all = [...scope.querySelectorAll(entry.css)].filter(
    (e) => (!entry.visible || shows(e)) && (!entry.below_list || isBelow(e, list)),
  );
  return (entry.last ? all.at(-1) : all[0]) ?? null;
}

/** How far above the thread's end, in pixels, what stands under it may begin. */
export const OVERLAP = 24;

/** @param {Element} element @param {Element | null} list */
function isBelow(element, list) {
  if (!list) return false;
  const own = element.getBoundingClientRect();
  const pane = list.getBoundingClientRect();
  const middle = own.left + own.width / 2;
  return own.top >= pane.bottom - OVERLAP && middle > pane.left && middle < pane.right;
}

/**
 * All elements of the first rung that finds any, in document order.
 * @param {Scope} scope
 * @param {Rung[]} rungs
 * @returns {{elements: Element[], rung: number}}
 */
export function findAll(scope, rungs) {
  for (const [rung, entry] of rungs.entries()) {
    const found = scope.querySelectorAll(typeof entry === "string" ? entry : entry.css);
    if (found.length) return { elements: [...found], rung };
  }
  return { elements: [], rung: -1 };
}

/** @type {Map<string, RegExp>} */
const patterns = new Map();

/** @param {string} source @param {string} [flags] */
export function patternOf(source, flags = "u") {
  const key = `${flags} ${source}`;
  let pattern = patterns.get(key);
  if (!pattern) {
    pattern = new RegExp(source, flags);
    patterns.set(key, pattern);
  }
  return pattern;
}

/**
 * The first word that a read yields; "" when none does.
 * @param {Scope} scope
 * @param {Read[] | undefined} reads
 * @param {string} [href] the frame's address, for reads of a query parameter
 */
export function readOne(scope, reads, href = "") {
  for (const entry of reads ?? []) {
    const value = byRead(scope, entry, href);
    if (value) return value;
  }
  return "";
}

/** @param {Scope} scope @param {Read} entry @param {string} href */
function byRead(scope, entry, href) {
  const read = typeof entry === "string" ? { css: entry } : entry;
  const raw = read.url ? parameter(href, read.url) : textOrAttribute(scope, read);
  const value = raw.trim();
  if (!read.pattern || !value) return value;
  const hit = patternOf(read.pattern).exec(value);
  return (hit?.[1] ?? hit?.[0] ?? "").trim();
}

/** @param {Scope} scope @param {{css?: string, attr?: string, last?: boolean}} read */
function textOrAttribute(scope, read) {
  const element = read.css ? own(scope, read.css, read.last) : scope instanceof Element ? scope : null;
  if (!element) return "";
  return (read.attr ? element.getAttribute(read.attr) : element.textContent) ?? "";
}

/** @param {Scope} scope @param {string} css @param {boolean} [last] */
function own(scope, css, last) {
  if (last) return [...scope.querySelectorAll(css)].at(-1) ?? null;
  return scope instanceof Element && scope.matches(css) ? scope : scope.querySelector(css);
}

/** Query parameter of an address, also behind a `#/route?`. @param {string} href @param {string} name */
function parameter(href, name) {
  for (const part of href.split(/[?#]/u).slice(1)) {
    const value = new URLSearchParams(part).get(name);
    if (value) return value;
  }
  return "";
}

/**
 * The document or the open shadow root in which the chat stands: the first way of
 * `site.roots` at whose end the list or the reply box is found.
 * @param {Document} document
 * @param {Site} site
 * @returns {{root: Document | ShadowRoot, hosts: ShadowRoot[]}}
 */
export function findRoot(document, site) {
  for (const way of site.roots ?? []) {
    const hosts = walk(document, way);
    const root = hosts?.at(-1);
    if (root && (findOne(root, site.list) || findOne(root, site.box))) return { root, hosts: hosts ?? [] };
  }
  return { root: document, hosts: [] };
}

/** @param {Document} document @param {string[]} way @returns {ShadowRoot[] | null} */
function walk(document, way) {
  /** @type {ShadowRoot[]} */
  const hosts = [];
  for (const css of way) {
    const shadow = (hosts.at(-1) ?? document).querySelector(css)?.shadowRoot;
    if (!shadow) return null;
    hosts.push(shadow);
  }
  return hosts;
}
