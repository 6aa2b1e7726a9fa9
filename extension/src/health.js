/**
 * Judges whether the page can still be trusted: on load, and while it runs.
 * @typedef {import("./sites/schema.js").Site} Site
 * @typedef {import("./watcher.js").Look} Look
 * @typedef {import("./types.js").HealthState} HealthState
 */
import { LINES, troubleOf } from "./page/sound.js";

/** A part that is missing for less than this is a page that is still being drawn, in milliseconds. */
const GRACE_MS = 4000;

/**
 * @param {object} options
 * @param {Site} options.site
 * @param {boolean} options.read_only by the agent's choice
 * @param {(health: HealthState) => void} options.onChange told once for each change, first with the first word
 * @param {() => number} [options.now] epoch milliseconds
 */
export function createHealth({ site, read_only, onChange, now = Date.now }) {
  let told = "";
  let toldDetail = "";
  let seen = { detail: "", since: 0 };
  let troubleSince = 0;
  let state = /** @type {HealthState["state"]} */ ("ok");
  let opened = false;

  /** @param {Look} look */
  function judge(look) {
    opened ||= look.thread.list !== null;
    const cause = causeOf(look, site);
    if (!cause || cause === "box") troubleSince = cause ? troubleSince || now() : 0;
    else troubleSince ||= now();
    const early = now() - troubleSince < GRACE_MS;
    if (!cause)
      return tell({ state: read_only ? "read_only" : "ok", cause: read_only ? "by_choice" : "" }, look);
    if (cause === "direction") return tell({ state: "broken", cause }, look);
    if (early || (cause === "list" && !opened && !look.box)) return;
    if (cause === "list") return tell({ state: "broken", cause }, look);
    tell({ state: "read_only", cause }, look);
  }

  /** @param {Pick<HealthState, "state" | "cause">} verdict @param {Look} look */
  function tell(verdict, look) {
    state = verdict.state;
    const detail = detailOf(look);
    const key = `${verdict.state} ${verdict.cause}`;
    if (detail !== seen.detail) seen = { detail, since: now() };
    const changed = detail !== toldDetail && now() - seen.since >= GRACE_MS;
    if (key === told && !changed) return;
    told = key;
    toldDetail = detail;
    onChange({ ...verdict, site: site.id, adapter_version: String(site.version), detail });
  }

  return {
    judge,
    /** Whether the reply box may be written to. */
    get writable() {
      return state === "ok";
    },
  };
}

/** @param {Look} look @param {Site} site @returns {"" | "list" | "direction" | "box" | "identity"} */
function causeOf(look, site) {
  const trouble = troubleOf(look.thread);
  if (trouble) return trouble;
  if (look.doubtful) return "identity";
  return look.box || site.read_only ? "" : "box";
}

/** Which fallback holds where it is not the first: a first sign of a page that changed. @param {Look} look */
function detailOf(look) {
  const writers = look.thread.bubbles.slice(-LINES).map((bubble) => bubble.rung);
  const parts = [
    look.thread.shape ? "read by shape" : "",
    look.thread.list_rung > 0 ? `list by fallback ${look.thread.list_rung}` : "",
    look.thread.item_rung > 0 ? `item by fallback ${look.thread.item_rung}` : "",
    look.box_rung > 0 ? `box by fallback ${look.box_rung}` : "",
    writers.length && writers.every((rung) => rung < 0) ? "no writer known" : "",
  ];
  return parts.filter(Boolean).join(", ");
}
