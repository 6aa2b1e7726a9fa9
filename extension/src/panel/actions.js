/**
 * Using a reply: put it in or copy it, and report what happened. The checks stand here and not in
 * the views: no hole goes out, a high warning asks once more, and what the page no longer shows is
 * not filled.
 * @typedef {import("../types.js").InsertRefusal} InsertRefusal
 * @typedef {import("../protocol.js").Suggestion} Suggestion
 * @typedef {import("../protocol.js").Warning} Warning
 * @typedef {import("./threads.js").Thread} Thread
 */

import { holes } from "./holes.js";

/** A person waits: a check that takes longer than this is not waited for. */
const CHECK_TIMEOUT_MS = 600;

/**
 * @typedef {object} Use
 * @property {Suggestion} suggestion
 * @property {Thread} thread
 * @property {string} text as it goes out
 * @property {string} message_id what the suggestion answers; "" where it was searched for
 * @property {boolean} [sure] the agent was asked and wants it
 */

/**
 * @typedef {{outcome: "inserted" | "copied"} | {outcome: "holes", names: string[]}
 *   | {outcome: "ask", warnings: Warning[]} | {outcome: "refused", reason: InsertRefusal | "clipboard"}} Outcome
 */

/**
 * @typedef {object} Actions
 * @property {(use: Use) => Promise<Outcome>} insert
 * @property {(use: Use) => Promise<Outcome>} copy
 * @property {() => boolean} canFill whether there is a box that may be filled at all
 * @property {(event: string, fields: Record<string, unknown>) => void} report
 * @property {(text: string, options?: {final?: boolean, signal?: AbortSignal}) => Promise<Warning[]>} check
 * @property {(draft: string) => boolean} isOwn the draft ends with what was put in last: nobody types it
 */

/**
 * @param {Omit<import("./context.js").Context, "actions">} ctx
 * @returns {Actions}
 */
export function replyActions(ctx) {
  const { link, composer, site, platform } = ctx;

  /** What was put in last, without blanks: editors keep their own. */
  let own = "";
  const flat = (/** @type {string} */ text) => text.replace(/\s+/gu, "");

  /** @type {Actions["report"]} */
  const report = (event, fields) => {
    // The link keeps events until they are on disk; it rejects only what the server will never take.
    link
      .request("event", { event, platform, ...fields })
      .then(() => ctx.news.emit("recorded", { event }))
      .catch((error) => ctx.say(error.message, "wrong"));
  };

  /** @type {Actions["check"]} */
  const check = async (text, { final = false, signal } = {}) => {
    const conversation_id = ctx.current()?.conversation.conversation_id ?? "";
    const fields = { conversation_id, text, platform, final, language: ctx.language() };
    const { warnings } = await link.request("draft", fields, { signal, timeout_ms: CHECK_TIMEOUT_MS });
    return warnings;
  };

  /** @param {string} text @returns {Promise<Warning[]>} high ones; none while the server is away */
  const grave = async (text) => {
    if (link.state.status !== "ready") return [];
    try {
      return (await check(text, { final: true })).filter(({ severity }) => severity === "high");
    } catch {
      // Warnings never block: no answer in time is no reason to keep the agent waiting.
      return [];
    }
  };

  /** @param {Use} use @param {"inserted" | "copied"} event */
  const note = ({ suggestion, thread, text }, event) => {
    const { suggestion_id, script_id } = suggestion;
    const { conversation_id } = thread.conversation;
    thread.used = { suggestion_id, script_id, text };
    if (script_id) remember(ctx.memory, suggestion).then(() => ctx.news.emit("kept", script_id));
    report(event, { conversation_id, ...(script_id && { suggestion_id, script_id }), text });
  };

  /** @param {Use} use @returns {Promise<Outcome | null>} what stands in the way */
  const obstacle = async ({ text, sure }) => {
    const names = holes(text);
    if (names.length > 0) return { outcome: "holes", names };
    if (sure) return null;
    const warnings = await grave(text);
    return warnings.length > 0 ? { outcome: "ask", warnings } : null;
  };

  /** @type {Actions["copy"]} */
  const copy = async (use) => {
    const problem = await obstacle(use);
    if (problem) return problem;
    if (!(await toClipboard(ctx, use.text))) return { outcome: "refused", reason: "clipboard" };
    note(use, "copied");
    return { outcome: "copied" };
  };

  const canFill = () => composer !== null && ctx.health.state === "ok";

  /** @type {Actions["insert"]} */
  const insert = async (use) => {
    if (!composer || ctx.health.state !== "ok") return copy(use);
    const binding = {
      site,
      conversation_id: use.thread.conversation.conversation_id,
      message_id: use.message_id,
    };
    const { ok, reason } = await composer.canInsert(binding);
    if (!ok) return { outcome: "refused", reason };
    const problem = await obstacle(use);
    if (problem) return problem;
    own = flat(use.text);
    const filled = await composer.insert(use.text, binding);
    if (!filled.ok) return { outcome: "refused", reason: filled.reason ?? "no_box" };
    note(use, "inserted");
    return { outcome: "inserted" };
  };

  const isOwn = (/** @type {string} */ draft) => own !== "" && flat(draft).endsWith(own);

  return { insert, copy, canFill, report, check, isOwn };
}

const RECENT = 30;

/**
 * Puts a script at the head of those used last.
 * @param {import("../types.js").Memory} memory
 * @param {Suggestion} suggestion
 */
async function remember(memory, { script_id, title }) {
  const kept = /** @type {{script_id: string}[]} */ ((await memory.get("recent")) ?? []);
  const others = kept.filter((one) => one.script_id !== script_id);
  await memory.set("recent", [{ script_id, title }, ...others].slice(0, RECENT));
}

/**
 * @param {Pick<import("./context.js").Context, "document" | "root">} ctx
 * @param {string} text
 * @returns {Promise<boolean>}
 */
async function toClipboard({ document, root }, text) {
  const clipboard = document.defaultView?.navigator.clipboard;
  try {
    if (clipboard) {
      await clipboard.writeText(text);
      return true;
    }
  } catch {
    // Refused by the page's permissions policy, or the window has no focus: the old way next.
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "off-screen";
  const active = /** @type {HTMLElement | null} */ (root.activeElement ?? document.activeElement);
  root.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  active?.focus();
  return done;
}
