/**
 * Events on their way to the server. An event stays here until `recorded` says that it is on
 * disk there, so neither a lost socket nor a stopped service worker loses one.
 */

/**
 * Where the outbox outlives its script: `chrome.storage.session` in the worker, nothing in a page.
 * Session and not local storage: an event may hold what was said to a shopper, and nothing of that
 * is written to disk unmasked.
 * @typedef {object} OutboxStore
 * @property {() => Promise<Record<string, Record<string, unknown>>>} load
 * @property {(events: Record<string, Record<string, unknown>>) => Promise<void>} save
 */

/** @returns {OutboxStore} */
export const memoryStore = () => ({ load: async () => ({}), save: async () => {} });

/**
 * @typedef {object} Outbox
 * @property {Promise<void>} loaded what an earlier life left behind is there
 * @property {(request_id: string, fields: Record<string, unknown>) => Promise<void>} add resolves once kept
 * @property {(request_id: string) => Promise<void>} drop
 * @property {() => [string, Record<string, unknown>][]} entries oldest first
 * @property {(request_id: string) => boolean} has
 */

/**
 * @param {OutboxStore} store
 * @returns {Outbox}
 */
export function eventOutbox(store) {
  /** @type {Map<string, Record<string, unknown>>} */
  const events = new Map();
  // Saves run one after the other: two at once could land in either order.
  let saving = Promise.resolve();
  const save = () => {
    saving = saving.then(() => store.save(Object.fromEntries(events)));
    return saving;
  };
  const loaded = store.load().then((earlier) => {
    const added = [...events];
    events.clear();
    for (const [id, fields] of [...Object.entries(earlier ?? {}), ...added]) events.set(id, fields);
  });
  return {
    loaded,
    add: async (request_id, fields) => {
      events.set(request_id, fields);
      await loaded;
      await save();
    },
    drop: async (request_id) => {
      if (!events.delete(request_id)) return;
      await loaded;
      await save();
    },
    entries: () => [...events],
    has: (request_id) => events.has(request_id),
  };
}
