/**
 * Click-to-teach: the agent points at a shopper's bubble, an own bubble and the reply box, and
 * sees at once how the page would be read. While it runs, no click reaches the page.
 * @typedef {import("../sites/schema.js").Site} Site
 */
import { deriveSite } from "./derive.js";
import { words } from "./text.js";
import { tryOn } from "./trial.js";

const STEPS = /** @type {const} */ (["shopper", "agent", "box"]);

/**
 * Runs until the adapter is kept or the agent gives up (Esc, the button, or the signal).
 * @param {object} options
 * @param {Document} options.document
 * @param {string} options.locale
 * @param {AbortSignal} options.signal
 * @param {(site: Site) => Promise<{ok: boolean, errors: string[]}>} options.save
 * @returns {Promise<Site | null>} the adapter that was kept
 */
export function teach({ document, locale, signal, save }) {
  const run = new AbortController();
  signal.addEventListener("abort", () => run.abort(), { signal: run.signal });
  const t = words(locale);
  const bar = makeBar(document, t);
  /** @type {Partial<Record<(typeof STEPS)[number], Element>>} */
  const lesson = {};

  return new Promise((resolve) => {
    /** @param {Site | null} site */
    const end = (site) => {
      run.abort();
      bar.host.remove();
      resolve(site);
    };
    run.signal.addEventListener("abort", () => end(null), { once: true });
    const listen = { capture: true, signal: run.signal };
    for (const type of ["mousedown", "mouseup", "pointerdown", "pointerup"])
      document.addEventListener(type, keepFrom, listen);
    document.addEventListener("click", onClick, listen);
    document.addEventListener("mouseover", (event) => bar.frame(targetOf(event)), listen);
    document.addEventListener("keydown", (event) => event.key === "Escape" && end(null), listen);
    bar.onCancel(() => end(null), run.signal);
    bar.ask(t.shopper, 1);

    /** The page is looked at, not used. @param {Event} event */
    function keepFrom(event) {
      if (event.composedPath().includes(bar.host)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    }

    /** @param {MouseEvent} event */
    function onClick(event) {
      if (!event.isTrusted || event.composedPath().includes(bar.host)) return;
      keepFrom(event);
      const step = STEPS.find((name) => !lesson[name]);
      if (!step) return;
      lesson[step] = step === "box" ? boxOf(targetOf(event)) : targetOf(event);
      const next = STEPS.find((name) => !lesson[name]);
      if (next) bar.ask(t[next], STEPS.indexOf(next) + 1);
      else finish();
    }

    function finish() {
      const page = { href: document.URL, title: document.title };
      const { site, error } = deriveSite(/** @type {any} */ (lesson), page);
      const trial = site && tryOn(document, site);
      if (!site || !trial?.ok) {
        for (const step of STEPS) delete lesson[step];
        bar.ask(`${t[error || "failed"]} ${t.shopper}`, 1);
        return;
      }
      const result = t.result(trial.shopper, trial.agent, trial.example);
      bar.offer(result, () => save(site).then(({ ok }) => end(ok ? site : null)), run.signal);
    }
  });
}

/** @param {Event} event @returns {Element} */
const targetOf = (event) => /** @type {Element} */ (event.composedPath()[0]);

/** The box around what was clicked: editors put paragraphs inside. @param {Element} element */
function boxOf(element) {
  const box = element.closest("textarea, input, [contenteditable]:not([contenteditable=false])");
  return box ?? element;
}

/** The bar at the top of the page, in a shadow root of its own. @param {Document} document @param {ReturnType<typeof words>} t */
function makeBar(document, t) {
  const host = document.createElement("bangda-teach");
  host.style.cssText =
    "all: initial; position: fixed; top: 0; right: 0; z-index: 2147483647; pointer-events: none;";
  const root = host.attachShadow({ mode: "open" });
  const bar = document.createElement("div");
  bar.setAttribute("role", "dialog");
  bar.setAttribute("aria-live", "polite");
  // Clicks go through it: what it covers can be pointed at all the same.
  bar.style.cssText =
    "max-width: 420px; border-radius: 0 0 0 8px; opacity: 0.94;" +
    "font: 14px/1.5 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif; color: #fff;" +
    "background: #1d6478; padding: 10px 16px; display: flex; gap: 12px; align-items: center;";
  const line = document.createElement("span");
  line.style.flex = "1";
  const keep = button(document, t.keep);
  const cancel = button(document, t.cancel);
  keep.hidden = true;
  bar.append(line, keep, cancel);
  root.append(bar);
  document.documentElement.append(host);
  /** @type {HTMLElement | null} */
  let framed = null;
  return {
    host,
    /** @param {string} text @param {number} step */
    ask(text, step) {
      keep.hidden = true;
      line.textContent = `${step}/${STEPS.length} ${text}`;
    },
    /** @param {string} text @param {() => void} act @param {AbortSignal} signal */
    offer(text, act, signal) {
      line.textContent = text;
      keep.hidden = false;
      keep.addEventListener("click", (event) => event.isTrusted && act(), { signal });
    },
    /** @param {() => void} act @param {AbortSignal} signal */
    onCancel(act, signal) {
      signal.addEventListener("abort", () => framed?.style.removeProperty("outline"));
      cancel.addEventListener("click", (event) => event.isTrusted && act(), { signal });
    },
    /** @param {Element} element */
    frame(element) {
      framed?.style.removeProperty("outline");
      framed = element === host ? null : /** @type {HTMLElement} */ (element);
      framed?.style.setProperty("outline", "2px solid #1d6478");
    },
  };
}

/** @param {Document} document @param {string} text */
function button(document, text) {
  const node = document.createElement("button");
  node.type = "button";
  node.textContent = text;
  node.style.cssText =
    "font: inherit; padding: 4px 12px; border: 1px solid #fff; border-radius: 4px; background: #fff; color: #1d6478;" +
    "pointer-events: auto; flex: none;";
  return node;
}
