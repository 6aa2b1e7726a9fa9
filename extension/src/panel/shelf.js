/**
 * Favourites and what was used last, with their words, so that they can be used while the server is
 * away. The words are the shop's own with nothing of a shopper in them: variables that only a
 * conversation fills stay holes.
 * @typedef {import("./context.js").Context} Context
 * @typedef {import("../protocol.js").Suggestion} Suggestion
 * @typedef {{script_id: string, title: string}} Kept
 */

/** Scripts whose words are kept: those looked for first. */
const MOST = 60;
const PAUSE_MS = 1000;

/** @param {Context} ctx */
export function wordShelf(ctx) {
  const { link, memory, platform, signal } = ctx;
  /** @type {any} */
  let timer = 0;

  /** @param {"favourites" | "recent"} key @returns {Promise<Kept[]>} */
  const kept = async (key) => (await memory.get(key)) ?? [];

  const refresh = async () => {
    if (link.state.status !== "ready") return;
    const all = [...(await kept("favourites")), ...(await kept("recent"))];
    const script_ids = [...new Set(all.map(({ script_id }) => script_id))].slice(0, MOST);
    if (script_ids.length === 0) return;
    const request = { query: "", script_ids, top: script_ids.length, platform };
    const { suggestions } = await link.request("search", request, { signal });
    // An id that the server gave for this list means nothing later.
    const words = suggestions.map((/** @type {Suggestion} */ one) => ({ ...one, suggestion_id: "" }));
    await memory.set("shelf", { shop: link.state.welcome?.shop ?? "", words });
  };

  /** Not for every change at once: nothing waits for it. */
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // The line went away meanwhile: the next one brings it up to date.
      refresh().catch((error) => {
        if (!/away|aborted|timeout|reload/.test(error.code ?? "")) throw error;
      });
    }, PAUSE_MS);
  };

  let wasReady = false;
  link.on(
    "state",
    ({ status }) => {
      if (status === "ready" && !wasReady) soon();
      wasReady = status === "ready";
    },
    { signal },
  );
  link.on("library_changed", soon, { signal });
  ctx.news.on("kept", soon, signal);
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });

  return {
    kept,
    /** The words as they were when the server was there last. @param {string[]} script_ids @returns {Promise<Suggestion[]>} */
    words: async (script_ids) => {
      const held = await memory.get("shelf");
      if (held?.shop !== link.state.welcome?.shop) return [];
      const byId = new Map(held.words.map((/** @type {Suggestion} */ one) => [one.script_id, one]));
      return script_ids.flatMap((id) => byId.get(id) ?? []);
    },
  };
}
