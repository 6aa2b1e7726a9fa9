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
 * Lines without a writer are believed sooner, in milliseconds; a page that renders in steps has them
 * for an instant with every line.
 */
const DIRECTION_GRACE_MS = 1000;

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

  /**
   * @param {Look} look
   * @returns {number} when to look again although nothing moves, in milliseconds; 0 for never
   */
  function judge(look) {
    opened ||= look.thread.list !== null;
    const cause = causeOf(look, site);
    troubleSince = cause ? troubleSince || now() : 0;
    const grace = cause === "direction" ? DIRECTION_GRACE_MS : GRACE_MS;
    const left = troubleSince + grace - now();
    if (!cause) tell({ state: read_only ? "read_only" : "ok", cause: read_only ? "by_choice" : "" }, look);
    else if (left > 0) return left;
    else if (cause === "direction") tell({ state: "broken", cause }, look);
    else if (cause === "list" && (opened || look.box)) tell({ state: "broken", cause }, look);
    else if (cause !== "list") tell({ state: "read_only", cause }, look);
    return 0;
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
    /** Whether the reply box may be written to; not while anything is in doubt, told or not. */
    get writable() {
      return state === "ok" && troubleSince === 0;
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
