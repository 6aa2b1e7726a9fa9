/**
 * The line to the server over a WebSocket, for the service worker, `/panel` and `/demo`.
 * Reconnects by itself; asks again what was not answered; keeps events until `recorded`.
 * @typedef {import("./types.js").Link} Link
 * @typedef {import("./types.js").LinkState} LinkState
 */

import { eventOutbox, memoryStore } from "./outbox.js";
import { helloFrame, newId, PROTOCOL, readFrame, requestFrame } from "./protocol.js";
import { listeners } from "./signals.js";

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;
/** The server pings at least every 20 s; two missed pings mean that the peer is gone. */
const SILENCE_MS = 45_000;
const REQUEST_TIMEOUT_MS = 20_000;
const EVENT_RETRY_MS = 5_000;
/** Requests that mean nothing later: they are not kept for a server that is away. */
const PASSING = new Set(["draft", "search", "phrase", "waiting", "work", "image", "shopper"]);
/** Answers to an event that time can mend; any other error means that it will never be taken. */
const PASSING_ERRORS = new Set(["busy", "internal", "unavailable", "rate_limited"]);

/**
 * @param {string} code
 * @param {string} [message]
 * @returns {import("./types.js").LinkError}
 */
export function linkError(code, message = code) {
  return Object.assign(new Error(message), { code });
}

/**
 * How long to wait before try number `tries` (from 0): doubling, with a fifth of jitter so that
 * forty agents do not come back in one instant after a restart.
 * @param {number} tries
 * @param {number} chance 0 to 1
 * @returns {number} milliseconds
 */
export function retryDelay(tries, chance) {
  return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** tries) * (0.9 + 0.2 * chance);
}

/**
 * What a refusal before `welcome` means for the agent.
 * @param {{code?: string, message?: string}} refusal
 * @returns {"revoked" | "version" | "away"}
 */
export function refusalStatus({ code = "" }) {
  if (/token|auth|unauthori[sz]ed|refused|revoked|forbidden|ticket/.test(code)) return "revoked";
  return /protocol|version/.test(code) ? "version" : "away";
}

/**
 * @typedef {object} SocketOptions
 * @property {() => Promise<{url: string, token: string, client: string, shop?: string, platform?: string} | null>} hello
 *   asked before every try; null means that nothing is paired yet; rejecting with a LinkError of
 *   code `revoked` that pairing is over
 * @property {import("./outbox.js").OutboxStore} [store]
 * @property {typeof WebSocket} [Socket]
 * @property {boolean} [lazy] do not connect before {@link SocketLink.connect}
 */

/**
 * @typedef {Link & {connect: () => void, disconnect: () => void, reconnect: () => void,
 *   ask: (type: string, request_id: string, fields: Record<string, unknown>, timeout_ms?: number) => Promise<any>,
 *   cancel: (request_id: string) => void, idle: () => boolean}} SocketLink
 */

/**
 * @param {SocketOptions} options
 * @returns {SocketLink}
 */
export function socketLink({ hello, store = memoryStore(), Socket = WebSocket, lazy = false }) {
  /** @type {Map<string, {type: string, fields: Record<string, unknown>, resolve: Function, reject: Function, timer: any}>} */
  const pending = new Map();
  const outbox = eventOutbox(store);
  const heard = listeners();
  /** @type {LinkState} */
  let state = { status: "connecting", welcome: null, pending_events: 0 };
  /** @type {WebSocket | null} */
  let socket = null;
  let tries = 0;
  /** Counts connections, so that what a given-up one still says is not heard. */
  let turn = 0;
  /** @type {any} */
  let retryTimer;
  /** @type {any} */
  let silenceTimer;

  /** @param {Partial<LinkState>} change */
  const setState = (change) => {
    state = { ...state, detail: undefined, retry_at_ms: undefined, ...change };
    heard.emit("state", state);
  };
  const countEvents = () => {
    const pending_events = outbox.entries().length;
    if (pending_events !== state.pending_events) {
      state = { ...state, pending_events };
      heard.emit("state", state);
    }
  };
  const ready = () => state.status === "ready" && socket?.readyState === 1;

  /** @param {string} request_id @param {string} type @param {Record<string, unknown>} fields */
  const transmit = (request_id, type, fields) => socket?.send(requestFrame(type, request_id, fields));

  /** @param {string} request_id @param {(entry: any) => void} end */
  const settle = (request_id, end) => {
    const entry = pending.get(request_id);
    if (!entry) return;
    clearTimeout(entry.timer);
    pending.delete(request_id);
    end(entry);
  };

  /** @param {string} id */
  const sendEvent = (id) => {
    const found = outbox.entries().find(([known]) => known === id);
    if (found && ready()) transmit(id, "event", found[1]);
  };

  const drop = () => {
    turn += 1;
    clearTimeout(retryTimer);
    clearTimeout(silenceTimer);
    const old = socket;
    socket = null;
    if (old && old.readyState <= 1) old.close(1000);
  };

  /** @param {"away" | "revoked" | "version"} status @param {string} [detail] */
  const fail = (status, detail) => {
    drop();
    // A revoked token stays revoked: only pairing again helps. A server may be updated meanwhile.
    const delay = status === "away" ? retryDelay(tries, Math.random()) : LAST_RETRY_MS * 4;
    tries += 1;
    if (status !== "revoked") retryTimer = setTimeout(connect, delay);
    setState({ status, detail, retry_at_ms: status === "revoked" ? undefined : Date.now() + delay });
    for (const [id, { type }] of pending) {
      // What is typed next asks again; a shopper's message waits for the line.
      if (PASSING.has(type)) settle(id, ({ reject }) => reject(linkError("away")));
    }
  };

  const welcomeIn = (/** @type {any} */ welcome) => {
    if (welcome.protocol !== PROTOCOL && (welcome.minimum_protocol ?? welcome.protocol) > PROTOCOL) {
      fail("version", `server speaks protocol ${welcome.protocol}, this side ${PROTOCOL}`);
      return;
    }
    tries = 0;
    setState({ status: "ready", welcome });
    for (const [id, { type, fields }] of pending) if (type !== "event") transmit(id, type, fields);
    for (const [id, fields] of outbox.entries()) transmit(id, "event", fields);
  };

  const answerIn = (/** @type {import("./protocol.js").Frame} */ frame) => {
    const id = frame.request_id ?? "";
    const keep = frame.type === "error" && PASSING_ERRORS.has(frame.code ?? "") && outbox.has(id);
    if (keep) {
      setTimeout(sendEvent, EVENT_RETRY_MS, id);
      return;
    }
    if (outbox.has(id)) outbox.drop(id).then(countEvents);
    if (frame.type === "error") {
      settle(id, ({ reject }) => reject(linkError(frame.code ?? "error", frame.message)));
    } else settle(id, ({ resolve }) => resolve(frame));
  };

  /** A frame that could not be read has no id: whoever waits has no answer to come. */
  const namelessIn = (/** @type {import("./protocol.js").Frame} */ { code = "error", message }) => {
    for (const [id, { type }] of pending)
      if (type !== "event") settle(id, ({ reject }) => reject(linkError(code, message)));
  };

  const frameIn = (/** @type {import("./protocol.js").Frame} */ frame) => {
    if (frame.type === "ping") socket?.send('{"type":"pong"}');
    else if (frame.type === "welcome") welcomeIn(frame);
    else if (frame.type === "library_changed") heard.emit("library_changed", frame.version);
    else if (frame.request_id) answerIn(frame);
    else if (frame.type === "error" && state.status !== "ready") fail(refusalStatus(frame), frame.message);
    else if (frame.type === "error") namelessIn(frame);
  };

  const listen = (/** @type {number} */ mine, /** @type {WebSocket} */ ws, /** @type {string} */ first) => {
    const alive = () => {
      clearTimeout(silenceTimer);
      silenceTimer = setTimeout(() => mine === turn && fail("away", "silence"), SILENCE_MS);
    };
    ws.onopen = () => {
      if (mine !== turn) return;
      alive();
      ws.send(first);
    };
    ws.onmessage = ({ data }) => {
      if (mine !== turn) return;
      alive();
      frameIn(readFrame(data));
    };
    ws.onclose = ({ code }) => {
      if (mine !== turn) return;
      fail(code === 1008 && state.status !== "ready" ? "revoked" : "away");
    };
  };

  function connect() {
    drop();
    const mine = turn;
    if (state.status !== "away" && state.status !== "connecting") setState({ status: "connecting" });
    Promise.all([hello(), outbox.loaded]).then(
      ([fields]) => {
        if (mine !== turn) return;
        countEvents();
        if (!fields) {
          setState({ status: "unpaired" });
          return;
        }
        const { url, ...rest } = fields;
        socket = new Socket(url);
        listen(mine, socket, helloFrame(rest));
      },
      (error) => mine === turn && fail(error.code === "revoked" ? "revoked" : "away", error.message),
    );
  }

  /** @type {SocketLink["ask"]} */
  const ask = (type, request_id, fields, timeout_ms = REQUEST_TIMEOUT_MS) =>
    new Promise((resolve, reject) => {
      if (!ready() && PASSING.has(type)) {
        reject(linkError("away"));
        return;
      }
      const timer =
        type === "event"
          ? 0
          : setTimeout(() => settle(request_id, (e) => e.reject(linkError("timeout"))), timeout_ms);
      pending.set(request_id, { type, fields, resolve, reject, timer });
      if (type === "event") {
        // Kept first, sent second: a worker stopped in between sends it in its next life.
        outbox.add(request_id, fields).then(() => ready() && transmit(request_id, type, fields));
        countEvents();
      } else if (ready()) transmit(request_id, type, fields);
    });

  /** @param {string} request_id */
  const cancel = (request_id) => settle(request_id, ({ reject }) => reject(linkError("aborted")));

  if (!lazy) connect();
  return {
    get state() {
      return state;
    },
    request: (type, fields, { signal, timeout_ms } = {}) => {
      const request_id = newId();
      if (type !== "event") signal?.addEventListener("abort", () => cancel(request_id), { once: true });
      const at = new Date().toISOString();
      return ask(type, request_id, type === "event" ? { at, ...fields } : fields, timeout_ms);
    },
    on: (type, fn, { signal }) => {
      heard.on(type, fn, signal);
      if (type === "state") fn(/** @type {any} */ (state));
    },
    ask,
    cancel,
    connect: () => {
      if (!socket) connect();
    },
    disconnect: drop,
    reconnect: () => {
      tries = 0;
      setState({ status: "connecting" });
      connect();
    },
    idle: () => pending.size === 0 && outbox.entries().length === 0,
  };
}
