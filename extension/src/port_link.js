/**
 * The content script's end of the service worker. The worker may die at any time and takes the
 * port with it: a new port starts a new worker, and whatever was not answered is asked again
 * under the same id.
 *
 * Page → worker: `{kind, n, …}` with kind open | request | cancel | memory_get | memory_set |
 * save_adapter | options | join (a panel is on this page) | watch (a side panel shows a tab) | body (for
 * the other of the two). Worker → page: `{kind: "reply", n, value | error}`, `{kind: "state", state}`,
 * `{kind: "library_changed", version}`, `{kind: "change", site, prefs}`, `{kind: "side", open}`,
 * `{kind: "page", there}`, `{kind: "body", body}`.
 * @typedef {import("./types.js").PageSession} PageSession
 * @typedef {import("./types.js").LinkState} LinkState
 */

import { linkError } from "./link.js";
import { newId } from "./protocol.js";
import { listeners } from "./signals.js";

/**
 * @typedef {object} PortCaller
 * @property {(kind: string, fields?: Record<string, unknown>, options?: {signal?: AbortSignal}) => Promise<any>} call
 * @property {(kind: string, fields: Record<string, unknown>) => void} tell
 */

/**
 * @param {{signal: AbortSignal, onNews: (message: any) => void, onOrphan: () => void, name?: string,
 *   onConnect?: () => void}} options
 *   `onOrphan`: the extension was updated or removed under this page
 * @returns {PortCaller}
 */
function portCaller({ signal, onNews, onOrphan, name = "bangda", onConnect }) {
  /** @type {Map<string, {message: any, resolve: (value: any) => void, reject: (error: Error) => void}>} */
  const waiting = new Map();
  /** @type {chrome.runtime.Port | null} */
  let port = null;

  /** @param {any} message */
  const replyIn = (message) => {
    if (message.kind !== "reply") {
      onNews(message);
      return;
    }
    const entry = waiting.get(message.n);
    waiting.delete(message.n);
    if (message.error) entry?.reject(linkError(message.error.code, message.error.message));
    else entry?.resolve(message.value);
  };

  const connect = () => {
    if (signal.aborted || port) return;
    try {
      port = chrome.runtime.connect({ name });
    } catch {
      // "Extension context invalidated": there is no worker to come back to.
      onOrphan();
      for (const [, { reject }] of waiting) reject(linkError("reload"));
      waiting.clear();
      return;
    }
    port.onMessage.addListener(replyIn);
    port.onDisconnect.addListener(() => {
      port = null;
      // At once, and not after a pause: the page's state depends on the worker being there.
      queueMicrotask(connect);
    });
    // Who this is comes before what it asks.
    onConnect?.();
    for (const [, { message }] of waiting) port.postMessage(message);
  };

  /** @param {any} message */
  const post = (message) => {
    if (port) port.postMessage(message);
    else connect();
  };

  signal.addEventListener("abort", () => port?.disconnect(), { once: true });
  return {
    call: (kind, fields = {}, options = {}) =>
      new Promise((resolve, reject) => {
        const n = newId();
        const message = { ...fields, kind, n };
        waiting.set(n, { message, resolve, reject });
        options.signal?.addEventListener(
          "abort",
          () => {
            if (!waiting.delete(n)) return;
            post({ kind: "cancel", of: n });
            reject(linkError("aborted"));
          },
          { once: true },
        );
        post(message);
      }),
    tell: (kind, fields) => post({ ...fields, kind, n: newId() }),
  };
}

/**
 * A link over the worker's port.
 * @param {{signal: AbortSignal, name?: string, onNews?: (message: any) => void, onConnect?: (caller: PortCaller) => void}} options
 */
export function portLink({ signal, name, onNews: onOther, onConnect }) {
  const heard = listeners();
  /** @type {LinkState} */
  let state = { status: "connecting", welcome: null };
  /** @param {any} message */
  const onNews = (message) => {
    if (message.kind === "state") state = message.state;
    onOther?.(message);
    heard.emit(message.kind, message.kind === "state" ? state : (message.version ?? message));
  };
  /** @type {PortCaller} */
  const caller = portCaller({
    signal,
    name,
    onNews,
    onConnect: () => onConnect?.(caller),
    onOrphan: () => onNews({ kind: "state", state: { status: "reload", welcome: state.welcome } }),
  });
  /** @type {import("./types.js").Link} */
  const link = {
    get state() {
      return state;
    },
    request: (type, fields, options = {}) =>
      caller.call(
        "request",
        { type, fields: stamped(type, fields), timeout_ms: options.timeout_ms },
        options,
      ),
    on: (type, fn, options) => {
      heard.on(type, fn, options.signal);
      if (type === "state") fn(/** @type {any} */ (state));
    },
  };
  /** @type {import("./types.js").Memory} */
  const memory = {
    get: (key) => caller.call("memory_get", { key }),
    set: (key, value) => caller.call("memory_set", { key, value }),
  };
  return { caller, heard, link, memory };
}

/**
 * Opens the line and learns how this page stands.
 * @param {{signal: AbortSignal}} options
 * @returns {Promise<PageSession>}
 */
export async function openPort({ signal }) {
  let joined = false;
  let sideOpen = false;
  const { caller, heard, link, memory } = portLink({
    signal,
    onNews: (message) => {
      if (message.kind === "side") sideOpen = message.open;
    },
    // A worker that comes back knows nothing of before.
    onConnect: (to) => joined && to.tell("join", {}),
  });
  const { has_side, ...session } = await caller.call("open");
  /** @type {import("./types.js").SideLine} */
  const side = {
    isOpen: () => sideOpen,
    post: (body) => caller.tell("body", { body }),
    on: (type, fn, on) => {
      if (type === "open") heard.on("side", ({ open }) => fn(open), on);
      else heard.on("body", ({ body }) => fn(body), on);
      if (joined) return;
      joined = true;
      caller.tell("join", {});
    },
  };
  return {
    link,
    memory,
    ...session,
    side: has_side ? side : null,
    openSide: () => chrome.runtime.sendMessage({ kind: "open_side" }),
    onChange: (fn, options) => heard.on("change", fn, options.signal),
    reportHealth: (fields) => {
      link.request("event", {
        event: "adapter_health",
        conversation_id: "",
        site: session.site.id,
        ...fields,
      });
    },
    saveAdapter: (adapter) => caller.call("save_adapter", { adapter }),
    openOptions: () => caller.tell("options", {}),
  };
}

/** @param {string} type @param {Record<string, unknown>} fields */
const stamped = (type, fields) => (type === "event" ? { at: new Date().toISOString(), ...fields } : fields);
