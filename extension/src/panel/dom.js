/**
 * Making nodes. Text goes in as text, never as markup; handlers run only for what a person did.
 */

/**
 * @typedef {object} Props
 * @property {string} [class]
 * @property {string} [text]
 * @property {Record<string, string | number | boolean | undefined>} [attrs] false and undefined leave the attribute out
 * @property {Record<string, string>} [style] custom properties
 */

/**
 * The maker of nodes of one document (the panel may live in a picture-in-picture window).
 * @param {Document} document
 */
export function nodeMaker(document) {
  /**
   * @template {keyof HTMLElementTagNameMap} K
   * @param {K} tag
   * @param {Props} [props]
   * @param {...(Node | string | null | undefined | false)} children
   * @returns {HTMLElementTagNameMap[K]}
   */
  return function h(tag, { class: className, text, attrs = {}, style = {} } = {}, ...children) {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    for (const [name, value] of Object.entries(attrs)) {
      if (value === true) node.setAttribute(name, "");
      else if (value !== false && value !== undefined) node.setAttribute(name, String(value));
    }
    for (const [name, value] of Object.entries(style)) node.style.setProperty(name, value);
    node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
    return node;
  };
}

/** @typedef {ReturnType<typeof nodeMaker>} MakeNode */

/**
 * Listens to what a person does; what a page's script dispatches is not heard.
 * @template {keyof HTMLElementEventMap} K
 * @param {EventTarget} target
 * @param {K} type
 * @param {(event: HTMLElementEventMap[K]) => void} fn
 * @param {AbortSignal} signal
 * @param {AddEventListenerOptions} [options]
 */
export function onTrusted(target, type, fn, signal, options = {}) {
  const heard = /** @param {Event} event */ (event) => {
    if (event.isTrusted) fn(/** @type {HTMLElementEventMap[K]} */ (event));
  };
  target.addEventListener(type, heard, { ...options, signal });
}

/**
 * A button with words. `label` is for screen readers where the words alone say too little.
 * @param {MakeNode} h
 * @param {{text: string, class?: string, label?: string, title?: string, pressed?: boolean, signal: AbortSignal, onClick: () => void}} options
 */
export function button(h, { text, class: className = "quiet", label, title, pressed, signal, onClick }) {
  const attrs = { type: "button", "aria-label": label, title, "aria-pressed": pressed?.toString() };
  const node = h("button", { class: className, text, attrs });
  onTrusted(node, "click", onClick, signal);
  return node;
}

/**
 * An AbortController that ends with `parent`.
 * @param {AbortSignal} parent
 * @returns {AbortController}
 */
export function childSignal(parent) {
  const child = new AbortController();
  if (parent.aborted) child.abort();
  parent.addEventListener("abort", () => child.abort(), { once: true, signal: child.signal });
  return child;
}
