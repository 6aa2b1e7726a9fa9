/**
 * The after-sales requests of the conversation on screen: station, time, and the next approved words.
 * @typedef {import("./context.js").Context} Context
 * @typedef {object} OpenRequest
 * @property {number} number
 * @property {string} order_id
 * @property {string} kind
 * @property {string} station
 * @property {string} due_at
 * @property {string} words
 */

/** @param {Context} ctx */
export function requestRows({ h, t }) {
  const node = h("ol", { class: "requests" });
  node.hidden = true;

  /** @param {OpenRequest[]} requests @param {(at: string) => string} dueOf */
  const show = (requests, dueOf) => {
    node.hidden = requests.length === 0;
    node.replaceChildren(
      ...requests.map(({ order_id, station, due_at, words }) => {
        const due = due_at ? ` · ${t("request_due", { at: dueOf(due_at) })}` : "";
        const head = `${t("request_at", { station: t(`station_${station}`) })}${due} ${order_id}`;
        return h(
          "li",
          {},
          h("p", { class: "why", text: head }),
          h("p", { class: words ? "" : "why", text: words || t("request_none") }),
        );
      }),
    );
  };
  return { node, show };
}
