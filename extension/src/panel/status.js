/**
 * How things stand, in one calm line with what to do: the line to the server, the library, the
 * page's health. The worst speaks; nothing is said while all is well.
 * @typedef {import("./context.js").Context} Context
 * @typedef {import("../types.js").LinkState} LinkState
 * @typedef {import("../types.js").HealthState} HealthState
 */

import { button } from "./dom.js";

/**
 * What the line says. Pure.
 * @param {LinkState} link
 * @param {HealthState} health
 * @param {{copyOnly: boolean}} options
 * @returns {{key: string, act: "" | "options" | "teach" | "retry"} | null}
 */
export function standing(link, health, { copyOnly }) {
  if (link.status === "reload") return { key: "state_reload", act: "" };
  if (link.status === "unpaired") return { key: "state_unpaired", act: "options" };
  if (link.status === "revoked") return { key: "state_revoked", act: "options" };
  if (link.status === "version") return { key: "state_version", act: "" };
  if (link.status === "away") return { key: "state_away", act: "" };
  if (link.status === "connecting") return link.welcome ? null : { key: "state_connecting", act: "" };
  if (health.state === "untaught") return { key: "health_untaught", act: "teach" };
  if (health.state === "broken") return { key: "health_broken", act: "teach" };
  if (link.welcome?.library && link.welcome.library.scripts === 0) return { key: "state_empty", act: "" };
  if (health.state === "read_only" && !copyOnly) return { key: `health_${health.cause || "box"}`, act: "" };
  return null;
}

/**
 * @param {Context} ctx
 * @param {{onOptions?: () => void, onTeach?: () => void}} actions
 */
export function statusLine(ctx, { onOptions, onTeach }) {
  const { h, t, signal } = ctx;
  const words = h("span");
  const slot = h("span", { class: "acts" });
  const node = h("div", { class: "standing", attrs: { role: "status" } }, words, slot);
  let shown = "";

  /** @param {LinkState} link @param {HealthState} health */
  const show = (link, health) => {
    const now = standing(link, health, { copyOnly: ctx.composer === null });
    node.hidden = now === null;
    const act = now?.act === "options" ? onOptions : now?.act === "teach" ? onTeach : undefined;
    const text = now ? t(now.key) : "";
    const detail = now?.key === "state_version" ? (link.detail ?? "") : "";
    if (shown !== text) words.textContent = text;
    shown = text;
    words.title = detail;
    slot.replaceChildren();
    if (now && act)
      slot.append(button(h, { text: t(`do_${now.act}`), class: "plain", signal, onClick: act }));
  };
  return { node, show };
}

/**
 * One word for the head of the panel.
 * @param {LinkState} link
 * @param {HealthState} health
 * @returns {"on" | "wait" | "read" | "off"}
 */
export function lamp(link, health) {
  if (link.status === "connecting" && !link.welcome) return "wait";
  if (link.status !== "ready" && link.status !== "connecting") return "off";
  return health.state === "ok" ? "on" : "read";
}
