/**
 * The live protocol, version 1, as this side speaks it: the frames' shapes, the makers of
 * outgoing frames and the check on incoming ones. Pure; the golden messages in
 * `tests/protocol/` are read by both sides.
 */

export const PROTOCOL = 1;

/** A frame above this many UTF-8 bytes is refused by the server with 1009. */
export const MAX_FRAME_BYTES = 64 * 1024;

/**
 * @typedef {object} Warning
 * @property {string} category
 * @property {"high" | "medium" | "low"} severity
 * @property {number} start in code points
 * @property {number} end in code points
 * @property {string} matched
 * @property {string} rule
 * @property {string} clause source and clause, e.g. 快手 2.3
 * @property {string} message one line for the agent
 * @property {string} [rewrite]
 * @property {boolean} [disguised]
 */

/**
 * @typedef {object} Suggestion
 * @property {string} suggestion_id
 * @property {string} script_id
 * @property {string} title
 * @property {string} text variables filled; those in `missing` still stand there in braces
 * @property {string[]} missing
 * @property {number} score
 * @property {number} confidence 0 to 1
 * @property {string} why
 * @property {string} [category]
 * @property {string} [stage]
 * @property {string[]} [parts]
 * @property {string[]} [variants]
 * @property {(string | {title?: string, text?: string, reply?: string})[]} [steps]
 * @property {{script_id: string, title: string}[]} [follow_ups]
 * @property {string[]} [images]
 * @property {boolean} [said] already said to this shopper
 * @property {boolean} [own] one of the agent's own phrases, no script
 * @property {number} [step] the step of `steps` that `text` is, from 1; 0 for the reply itself
 * @property {Record<string, string>} [values] variables that were filled
 */

/**
 * @typedef {object} Welcome
 * @property {number} protocol
 * @property {string} agent
 * @property {string} role
 * @property {string} shop
 * @property {string} server version
 * @property {{greeting_s?: number, answer_s?: number, platform_s?: number}} [timers]
 * @property {{threshold?: number, [name: string]: unknown}} [settings]
 * @property {{scripts: number, version: string, categories?: {name: string, scripts: number}[]}} [library]
 * @property {number} [minimum_protocol]
 * @property {Record<string, unknown>[]} [adapters] adapter files that may be newer than the shipped ones
 */

/**
 * @typedef {object} Suggestions
 * @property {"suggestions"} type
 * @property {string} request_id
 * @property {string} conversation_id
 * @property {string} message_id
 * @property {Suggestion[]} suggestions
 * @property {number} shown
 * @property {Warning[]} warnings
 * @property {number} took_ms
 * @property {SizeAdvice[]} [size] one a person
 * @property {{id?: string, name?: string}} [product] the one that is meant; empty when none is
 * @property {{id: string, name: string}[]} [perhaps] those that could be meant, where that is not certain
 */

/**
 * What a product's size chart says for one person.
 * @typedef {object} SizeAdvice
 * @property {string} person "" for the shopper
 * @property {string[]} sizes two in a border case
 * @property {string[]} rows the chart's rows of these sizes
 * @property {string[]} missing measures that nobody named
 * @property {string} measured
 * @property {string} note what the chart says about fit
 * @property {string} says
 * @property {number} [leans] in a border case: −1 for the smaller, 1 for the larger
 */

/**
 * @typedef {object} ShopperCard who the shopper is to the shop
 * @property {"" | "id" | "order"} known by what the shop found the shopper
 * @property {"" | "new" | "returning"} standing "" where the shop's data do not say
 * @property {string} level
 * @property {boolean} level_by_hand
 * @property {string[]} groups
 * @property {number} orders
 * @property {number} settled of them successful
 * @property {number} spend_fen of those, in fen
 * @property {{order_id: string, status: string, product: string, variant: string, day: string, fen: number | null} | null} last_order
 * @property {{kind: string, text: string, due_at: string}[]} requests open ones
 * @property {{kind: string, text: string, due_at: string}[]} promises open ones
 * @property {{note_id: number, text: string, author: string, at: string, own: boolean}[]} notes
 * @property {string} last_asked in an earlier talk
 * @property {string} last_asked_at
 */

/**
 * An incoming frame, after {@link readFrame}.
 * @typedef {{type: string, request_id?: string, code?: string, message?: string, [name: string]: any}} Frame
 */

/** What the panel may report; each becomes one row on the server. */
export const EVENTS = Object.freeze([
  "inserted",
  "copied",
  "sent",
  "dismissed",
  "not_relevant",
  "flagged",
  "missing_script",
  "false_alarm",
  "adapter_health",
  "consent",
]);

const REQUESTS = Object.freeze([
  "message",
  "draft",
  "search",
  "event",
  "phrase",
  "waiting",
  "shopper",
  "work",
  "image",
]);

/** @type {Readonly<Record<string, Record<string, string>>>} */
const REQUIRED = Object.freeze({
  welcome: { protocol: "number", agent: "string", role: "string", shop: "string", server: "string" },
  suggestions: {
    request_id: "string",
    conversation_id: "string",
    message_id: "string",
    suggestions: "array",
    shown: "number",
    warnings: "array",
  },
  checked: { request_id: "string", warnings: "array" },
  results: { request_id: "string", suggestions: "array" },
  recorded: { request_id: "string" },
  phrases: { request_id: "string", phrases: "array" },
  image: { request_id: "string", image: "string", media_type: "string", content: "string" },
  noted: { request_id: "string" },
  card: { request_id: "string", known: "string", standing: "string", notes: "array" },
  work: { request_id: "string", promises: "array", now: "string" },
  error: { code: "string", message: "string" },
  library_changed: {},
  ping: {},
});

/** @param {unknown} value */
const kindOf = (value) => (Array.isArray(value) ? "array" : typeof value);

/**
 * The frame in `text`. Types that this version does not know come back as they are: they are
 * ignored, not an error. Fields that it does not know stay.
 * @param {string} text
 * @returns {Frame}
 * @throws {TypeError} naming what was found and what was expected
 */
export function readFrame(text) {
  /** @type {any} */
  const frame = JSON.parse(text);
  if (kindOf(frame) !== "object" || frame === null || typeof frame.type !== "string") {
    throw new TypeError(`frame is ${text.slice(0, 60)}; expected an object with a type`);
  }
  for (const [name, kind] of Object.entries(REQUIRED[frame.type] ?? {})) {
    if (kindOf(frame[name]) !== kind) {
      throw new TypeError(`${frame.type}.${name} is ${kindOf(frame[name])}; expected ${kind}`);
    }
  }
  return frame;
}

/**
 * The first frame of a socket.
 * @param {{token: string, client: string, shop?: string, platform?: string}} fields
 * @returns {string}
 */
export function helloFrame(fields) {
  return JSON.stringify({ type: "hello", protocol: PROTOCOL, ...fields });
}

/**
 * A request as text, ready to be sent.
 * @param {string} type
 * @param {string} request_id
 * @param {Record<string, unknown>} fields
 * @returns {string}
 * @throws {RangeError} for a frame that the server would refuse
 */
export function requestFrame(type, request_id, fields) {
  if (!REQUESTS.includes(type)) throw new RangeError(`request type is ${type}; expected ${REQUESTS}`);
  const text = JSON.stringify({ ...fields, type, request_id }, wholeText);
  const size = new TextEncoder().encode(text).length;
  if (size > MAX_FRAME_BYTES) {
    throw new RangeError(`frame has ${size} bytes; the server takes ${MAX_FRAME_BYTES}`);
  }
  return text;
}

/** Half of an emoji, as a page may cut one, is no text to a server. @param {string} _key @param {any} value */
const wholeText = (_key, value) => (typeof value === "string" ? value.toWellFormed() : value);

/**
 * An id for requests and conversations, 128 random bits in hex; a repeated event is recognised
 * by it. (`crypto.randomUUID` is missing on the http pages of a phone in the local network.)
 * @returns {string}
 */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
