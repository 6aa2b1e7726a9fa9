/**
 * Teaching an unknown page: its shape proposes how to read it and the agent looks whether that is
 * right; where it is not, or nothing is certain, the agent points at a shopper's line, an own line, the
 * reply box and, where there is one, the shopper's name. While it runs, no click reaches the page.
 * @typedef {import("../sites/schema.js").Site} Site
 * @typedef {import("./lesson.js").Learnt} Learnt
 */
import { makeBar } from "./bar.js";
import { pointedOut, proposed } from "./lesson.js";
import { words } from "./text.js";

const STEPS = /** @type {const} */ (["shopper", "agent", "box", "name"]);

/** @typedef {(typeof STEPS)[number]} Step */

/** What is asked for again after a click that met something else; all of it after any other error. @type {Record<string, Step[]>} */
const AGAIN = { not_box: ["box"], not_name: ["name"] };

/** After so many the page counts as one that cannot be taught. */
const TRIES = 2;

const EDITABLE = "textarea, input, [contenteditable]:not([contenteditable=false])";

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
  const bar = makeBar(document, t, locale);
  const uncover = stepAside(document);
  /** What was pointed at; null: the page has no name. @type {Partial<Record<Step, Element | null>>} */
  const pointed = {};
  /** What is offered just now. @type {Learnt | null} */
  let offered = null;
  /** Times that clicks on all that is asked for taught nothing. */
  let failures = 0;

  return new Promise((resolve) => {
    /** @param {Site | null} site */
    const end = (site) => {
      run.abort();
      bar.host.remove();
      uncover();
      resolve(site);
    };
    run.signal.addEventListener("abort", () => end(null), { once: true });
    const listen = { capture: true, signal: run.signal };
    for (const type of ["mousedown", "mouseup", "pointerdown", "pointerup"])
      document.addEventListener(type, keepFrom, listen);
    document.addEventListener("click", onClick, listen);
    document.addEventListener("mouseover", onOver, listen);
    document.addEventListener("keydown", (event) => event.key === "Escape" && end(null), listen);
    bar.on("cancel", () => end(null), run.signal);
    bar.on("skip", () => answer("name", null), run.signal);
    bar.on("other", () => ask("shopper"), run.signal);
    bar.on("keep", keep, run.signal);
    const guess = proposed(document);
    if (guess) offer(guess);
    else ask("shopper");

    /** The page is looked at, not used. @param {Event} event */
    function keepFrom(event) {
      if (event.composedPath().includes(bar.host)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    }

    /** @param {Event} event */
    function onOver(event) {
      if (offered || event.composedPath().includes(bar.host)) return;
      bar.frame([{ element: targetOf(event), kind: "shopper" }]);
    }

    /** @param {MouseEvent} event */
    function onClick(event) {
      if (!event.isTrusted || event.composedPath().includes(bar.host)) return;
      keepFrom(event);
      const step = offered ? undefined : waitingFor();
      if (!step) return;
      const target = targetOf(event);
      const box = target.closest(EDITABLE);
      if (step === "box") answer(step, box ?? target);
      else if (box) {
        // Nobody's line: who has not written yet points at where they would.
        pointed.box = box;
        ask(step, t.is_box);
      } else answer(step, target);
    }

    /** @param {Step} step @param {Element | null} element */
    function answer(step, element) {
      pointed[step] = element;
      const next = waitingFor();
      if (next) ask(next);
      else finish();
    }

    function waitingFor() {
      return STEPS.find((name) => pointed[name] === undefined);
    }

    /** @param {Step} step @param {string} [problem] */
    function ask(step, problem = "") {
      offered = null;
      bar.frame([]);
      const line = `${STEPS.indexOf(step) + 1}/${STEPS.length} ${problem} ${t[step]}`;
      bar.say(line.replace(/\s+/gu, " "), step === "name" ? ["skip", "cancel"] : ["cancel"]);
    }

    function finish() {
      const learnt = pointedOut(document, /** @type {any} */ (pointed));
      if (learnt.site) return offer(learnt);
      if (learnt.error === "failed" || learnt.error === "alike") failures += 1;
      // The same clicks once more would teach no more: the page bears nothing to go by.
      if (failures === TRIES) return bar.say(t.never, ["cancel"]);
      for (const step of AGAIN[learnt.error] ?? STEPS) delete pointed[step];
      ask(waitingFor() ?? "shopper", t[learnt.error || "failed"]);
    }

    /** @param {Learnt} learnt */
    function offer(learnt) {
      offered = learnt;
      const { trial, lesson } = learnt;
      if (!trial || !lesson) return;
      const lines = lesson.lines.flatMap(({ words: element, from }) =>
        element && from ? [{ element, kind: from }] : [],
      );
      bar.frame([...lines, { element: lesson.box, kind: "box" }]);
      bar.say(t.result(trial), ["keep", "other", "cancel"]);
    }

    async function keep() {
      const site = offered?.site;
      if (!site) return;
      const kept = await save(site).then(
        ({ ok }) => ok,
        () => false,
      );
      if (kept) end(site);
      else bar.say(t.unsaved, ["keep", "cancel"]);
    }
  });
}

/** The panel may lie over what is to be pointed at. @param {Document} document @returns {() => void} brings it back */
function stepAside(document) {
  const panels = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("bangda-panel")]);
  for (const panel of panels) panel.style.visibility = "hidden";
  return () => {
    for (const panel of panels) panel.style.visibility = "";
  };
}

/** @param {Event} event @returns {Element} */
const targetOf = (event) => /** @type {Element} */ (event.composedPath()[0]);
