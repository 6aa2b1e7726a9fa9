/**
 * The product that is meant and what its size chart says: the size, its row, the border case, or
 * the measures that are still to be asked for.
 * @typedef {import("./context.js").Context} Context
 * @typedef {import("../protocol.js").SizeAdvice} SizeAdvice
 * @typedef {import("../protocol.js").Suggestions} Suggestions
 */

const SIZE = "推荐尺码";
const MEASURES_TO_ASK = "尺码所需";
const TOP = 3;
/** The measures of a chart come in Chinese. @type {Readonly<Record<string, string>>} */
const WORDS = Object.freeze({
  身高: "measure_height",
  体重: "measure_weight",
  胸围: "measure_chest",
  腰围: "measure_waist",
  臀围: "measure_hips",
  脚长: "measure_foot",
  年龄: "measure_age",
  个月: "unit_months",
  岁: "unit_years",
  斤: "unit_jin",
  "、": "list_comma",
  "，": "list_comma",
  "：": "name_colon",
});
const KNOWN = new RegExp(Object.keys(WORDS).join("|"), "gu");

/** @param {Suggestions} answer whether one of the first replies gives a size or asks for measures */
const isAboutSize = ({ suggestions }) =>
  suggestions
    .slice(0, TOP)
    .some(
      ({ values = {}, missing }) => MEASURES_TO_ASK in values || SIZE in values || missing.includes(SIZE),
    );

/** @param {Context} ctx */
export function goodsView(ctx) {
  const { h, t } = ctx;
  const node = h("section", { class: "goods", attrs: { "aria-label": t("goods") } });

  /** @param {string} text */
  const inWords = (text) => (ctx.language() === "en" ? text.replace(KNOWN, (word) => t(WORDS[word])) : text);

  /** @param {SizeAdvice} advice */
  const verdictOf = ({ sizes, missing }) => {
    if (missing.length > 0)
      return [
        h("span", {
          text: t("size_missing", {
            names: missing.map((name) => inWords(name).trim()).join(t("list_comma")),
          }),
        }),
      ];
    if (sizes.length === 0) return [h("span", { text: t("size_none") })];
    const names = sizes.flatMap((size, at) => [at > 0 && t("size_or"), h("strong", { text: size })]);
    return [h("span", { text: t("size_fits") }), ...names];
  };

  /** @param {SizeAdvice} advice */
  const personOf = (advice) => {
    const { person, rows, measured, note, leans = 0 } = advice;
    const who = [person, inWords(measured)].filter(Boolean).join(" ");
    return h(
      "div",
      { class: "size" },
      h("p", { class: "verdict" }, ...verdictOf(advice), h("span", { class: "why", text: who })),
      ...rows.map((row) => h("p", { class: "row", text: inWords(row) })),
      leans !== 0 && h("p", { class: "row", text: t(leans < 0 ? "size_smaller" : "size_larger") }),
      note !== "" && h("p", { class: "row note", text: note }),
    );
  };

  /** @param {import("./threads.js").Thread | null} thread */
  const show = (thread) => {
    // Old replies keep theirs, lest they move.
    const answer = thread?.answer ?? (thread?.stage === "idle" ? null : thread?.earlier);
    const name = answer?.product?.name ?? "";
    const perhaps = answer?.perhaps ?? [];
    node.hidden = name === "" && perhaps.length === 0;
    if (!answer || node.hidden) {
      node.replaceChildren();
      return;
    }
    if (name === "") {
      const names = perhaps.map((one) => one.name).join(t("list_comma"));
      node.replaceChildren(h("p", { class: "which", text: t("goods_which", { names }) }));
      return;
    }
    const told = (answer.size ?? []).filter(({ measured }) => measured !== "" || isAboutSize(answer));
    node.replaceChildren(
      h("p", { class: "of", text: t("goods_of", { name }), attrs: { title: name } }),
      ...told.map(personOf),
    );
  };

  return { node, show };
}
