/**
 * Click-to-teach: the agent points at a shopper's bubble, an own bubble, the reply box and, where
 * there is one, the shopper's name, and sees at once how the page would be read. While it runs, no click reaches the page.
 * @typedef {import("../sites/schema.js").Site} Site
 */
import { deriveSite } from "./derive.js";
import { words } from "./text.js";
import { tryOn } from "./trial.js";

const STEPS = /** @type {const} */ (["shopper", "agent", "box", "name"]);

/** What is asked for again after a click that met something else; all of it after any other error. @type {Record<string, (typeof STEPS)[number][]>} */
const AGAIN = { not_box: ["box"], not_name: ["name"] };

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
  /** What was pointed at; null: the page has no name. @type {Partial<Record<(typeof STEPS)[number], Element | null>>} */
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
    bar.onSkip(() => answer("name", null), run.signal);
    ask("shopper");

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
      const step = waitingFor();
      if (step) answer(step, step === "box" ? boxOf(targetOf(event)) : targetOf(event));
    }

    /** @param {(typeof STEPS)[number]} step @param {Element | null} element */
    function answer(step, element) {
      lesson[step] = element;
      const next = waitingFor();
      if (next) ask(next);
      else finish();
    }

    function waitingFor() {
      return STEPS.find((name) => lesson[name] === undefined);
    }

    /** @param {(typeof STEPS)[number]} step @param {string} [problem] */
    function ask(step, problem = "") {
      bar.ask(`${problem} ${t[step]}`.trim(), STEPS.indexOf(step) + 1, step === "name");
    }

    function finish() {
      const page = { href: document.URL, title: document.title };
      const { site, error } = deriveSite(/** @type {any} */ (lesson), page);
      const trial = site && tryOn(document, site);
      if (!site || !trial?.ok) {
        for (const step of AGAIN[error] ?? STEPS) delete lesson[step];
        ask(waitingFor() ?? "shopper", t[error || "failed"]);
        return;
      }
      const result = t.result(trial.shopper, trial.agent, trial.example);
      bar.offer(result, () => keep(site), run.signal);
    }

    /** @param {Site} site */
    async function keep(site) {
      const kept = await save(site).then(
        ({ ok }) => ok,
        () => false,
      );
      if (kept) end(site);
      else bar.say(t.unsaved);
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
  const skip = button(document, t.skip);
  const cancel = button(document, t.cancel);
  for (const node of [keep, skip]) node.style.display = "none";
  bar.append(line, keep, skip, cancel);
  root.append(bar);
  document.documentElement.append(host);
  /** @type {HTMLElement | null} */
  let framed = null;
  return {
    host,
    /** @param {string} text @param {number} step @param {boolean} free it may be skipped */
    ask(text, step, free) {
      keep.style.display = "none";
      skip.style.display = free ? "" : "none";
      line.textContent = `${step}/${STEPS.length} ${text}`;
    },
    /** @param {string} text */
    say(text) {
      line.textContent = text;
    },
    /** @param {string} text @param {() => void} act @param {AbortSignal} signal */
    offer(text, act, signal) {
      line.textContent = text;
      skip.style.display = "none";
      keep.style.display = "";
      keep.addEventListener("click", (event) => event.isTrusted && act(), { signal });
    },
    /** @param {() => void} act @param {AbortSignal} signal */
    onCancel(act, signal) {
      signal.addEventListener("abort", () => framed?.style.removeProperty("outline"));
      cancel.addEventListener("click", (event) => event.isTrusted && act(), { signal });
    },
    /** @param {() => void} act @param {AbortSignal} signal */
    onSkip(act, signal) {
      skip.addEventListener("click", (event) => event.isTrusted && act(), { signal });
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
