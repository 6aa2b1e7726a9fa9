/**
 * Watches what stands in the reply box and shows what is wrong with it while it can still be
 * changed. While it is being typed only finished clauses are judged (the server decides which those
 * are); once the typing rests, and when a reply was put in, all of it. A newer draft takes the older
 * one's place.
 * @typedef {import("./context.js").Context} Context
 * @typedef {import("../protocol.js").Warning} Warning
 *
 * What a rewrite made of the draft, what it was, and the rewrite before, of which that was made.
 * @typedef {{now: string, was: string, before: Step | null}} Step
 */

import { button, childSignal } from "./dom.js";
import { rewritten } from "./spans.js";
import { changeView, markedText, warningList } from "./warnings.js";

const PAUSE_MS = 200;
/** Nobody types on after so long a rest: what stands there is meant. */
const REST_MS = 1500;
/** Around the first doubtful place; a draft can be long and the panel is not. */
const EXCERPT = 60;

/**
 * @param {Context} ctx
 */
export function draftView(ctx) {
  const { h, t, composer, signal } = ctx;
  const node = h("section", { class: "draft", attrs: { "aria-label": t("draft_warnings") } });
  node.hidden = true;
  let life = childSignal(signal);
  /** @type {any} */
  let timer;
  /** What stood in the box when it was last looked at. */
  let seen = "";
  /** The last rewrite, and those before it. @type {Step | null} */
  let undo = null;

  /** @param {(Node | false)[]} children nothing hides the part */
  const fill = (...children) =>
    ctx.calm.when("draft", () => {
      node.replaceChildren(...children.filter((child) => child !== false));
      node.hidden = node.childElementCount === 0;
    });

  /** @param {string} text @param {Warning[]} warnings @param {AbortSignal} shown */
  const show = (text, warnings, shown) => {
    const undoing = undo?.now === text && undoLine(undo, shown);
    if (warnings.length === 0) {
      fill(undoing || false);
      return;
    }
    const points = Array.from(text);
    const first = Math.min(...warnings.map(({ start }) => start));
    const from = points.length > EXCERPT ? Math.max(0, first - EXCERPT / 3) : 0;
    const excerpt = points.slice(from, from + EXCERPT).join("");
    const moved = warnings.map((warning) => ({
      ...warning,
      start: warning.start - from,
      end: warning.end - from,
    }));
    const quote = h("blockquote", {}, from > 0 && "…");
    quote.append(...markedText(ctx, excerpt, moved), from + EXCERPT < points.length ? "…" : "");
    const list = warningList(ctx, {
      text,
      warnings,
      direction: "outgoing",
      signal: shown,
      onRewrite:
        composer?.replaceDraft && ctx.actions.canFill() ? (warning) => rewrite(text, warning) : undefined,
      onGone: () => list.childElementCount === 0 && fill(),
    });
    fill(h("h3", { text: t("draft_warnings") }), quote, list, undoing || false);
  };

  /** @param {Step} step @param {AbortSignal} shown */
  const undoLine = (step, shown) =>
    h(
      "div",
      { class: "undo" },
      h("p", {}, ...changeView(ctx, step.was, step.now)),
      button(h, { text: t("undo"), class: "plain", signal: shown, onClick: () => putBack(step) }),
    );

  /** @param {string} text @param {Warning} warning */
  const rewrite = async (text, warning) => {
    const now = rewritten(text, warning);
    const before = undo?.now === text ? undo : null;
    if (await replace(text, now)) {
      undo = { now, was: text, before };
      ctx.say(t("rewritten"));
    }
  };

  /** @param {Step} step */
  const putBack = async (step) => {
    const kept = undo;
    undo = step.before;
    if (await replace(step.now, step.was)) ctx.say(t("undone"));
    else undo = kept;
  };

  /** @param {string} text that must still stand there @param {string} next @returns {Promise<boolean>} */
  const replace = async (text, next) => {
    if (composer?.draft() !== text) {
      ctx.say(t("draft_changed"), "wrong");
      return false;
    }
    const done = await composer.replaceDraft?.(next);
    if (!done?.ok) ctx.say(t(`refused_${done?.reason || "no_box"}`), "wrong");
    return done?.ok === true;
  };

  /** @param {string} text @param {boolean} final nobody types on */
  const ask = async (text, final) => {
    life.abort();
    life = childSignal(signal);
    const { signal: mine } = life;
    try {
      const warnings = await ctx.actions.check(text, { final, signal: mine });
      if (!mine.aborted) show(text, warnings, mine);
    } catch {
      // Overtaken by a newer draft, or nobody is there to judge it: then that is said.
      if (!mine.aborted) unjudged(mine);
    }
  };

  /** @param {AbortSignal} shown */
  const unjudged = (shown) => {
    const away = ctx.link.state.status !== "ready";
    const undoing = undo !== null && undo.now === seen && undoLine(undo, shown);
    fill(away && h("p", { class: "why", text: t("draft_unjudged") }), undoing || false);
  };

  /** @param {string} text */
  const look = (text) => {
    clearTimeout(timer);
    if (text.trim() === "") {
      life.abort();
      fill();
      return;
    }
    if (ctx.actions.isOwn(text) || text === undo?.now) {
      ask(text, true);
      return;
    }
    timer = setTimeout(() => {
      ask(text, false);
      timer = setTimeout(() => ask(text, true), REST_MS);
    }, PAUSE_MS);
  };

  composer?.onDraft(
    (text) => {
      if (text === seen) return;
      seen = text;
      look(text);
    },
    { signal },
  );
  // A server that comes back judges what stands there; one that goes away is told of.
  let wasReady = ctx.link.state.status === "ready";
  ctx.link.on(
    "state",
    ({ status }) => {
      if (wasReady !== (status === "ready") && seen.trim()) look(seen);
      wasReady = status === "ready";
    },
    { signal },
  );
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  return { node };
}
