/**
 * Approved words that are no suggestion: a rule's safe answer, those of an entry of work.
 * @typedef {import("./context.js").Context} Context
 */

/** What stands where a suggestion would: these words were not ranked. */
const NO_SCRIPT = Object.freeze({
  suggestion_id: "",
  script_id: "",
  title: "",
  missing: [],
  score: 0,
  confidence: 0,
  why: "",
});

/**
 * Puts words into the box, else copies them, and says what happened or what stands in the way.
 * @param {Context} ctx @param {import("./threads.js").Thread} thread @param {string} text
 */
export async function useWords(ctx, thread, text) {
  const { actions, t } = ctx;
  const suggestion = { ...NO_SCRIPT, text };
  const message_id = thread.message?.message_id ?? "";
  const use = { suggestion, thread, text, message_id };
  const result = await (actions.canFill() ? actions.insert(use) : actions.copy(use));
  if (result.outcome === "refused") ctx.say(t(`refused_${result.reason || "no_box"}`), "wrong");
  else if (result.outcome === "holes") ctx.say(t("hole_left", { names: result.names.join("、") }), "wrong");
  else if (result.outcome === "ask") ctx.say(result.warnings[0].message, "wrong");
  else ctx.say(t(`${result.outcome}_now`));
}
