/**
 * Joins adapter, watcher, composer, health and panel on one page. The content script and the
 * demo page use it alike.
 * @typedef {import("./sites/schema.js").Site} Site
 * @typedef {import("./types.js").PanelOptions} PanelOptions
 * @typedef {import("./types.js").Panel} Panel
 */
import { createComposer } from "./composer.js";
import { createHealth } from "./health.js";
import { findOne } from "./page/find.js";
import { keepClear } from "./page/keep_clear.js";
import { pointAt } from "./page/point.js";
import { titleBadge } from "./page/title_badge.js";
import { quickSearch } from "./panel/quick.js";
import { createWatcher } from "./watcher.js";

/** A silent page is looked at this often: what vanishes without a mutation shows in health only. */
const LOOK_AGAIN_MS = 5000;

/**
 * @param {object} options
 * @param {Document} options.document
 * @param {Site} options.site
 * @param {import("./types.js").Link} options.link
 * @param {(options: PanelOptions) => Panel} options.mountPanel
 * @param {AbortSignal} options.signal takes everything away
 * @param {string} options.locale
 * @param {boolean} [options.read_only] the agent wants no filling here
 * @param {Partial<PanelOptions>} [options.panel] further options of the panel
 * @param {(fields: Record<string, unknown>) => void} [options.reportHealth]
 */
export function attach({
  document,
  site,
  link,
  mountPanel,
  signal,
  locale,
  read_only = false,
  panel: extra,
  reportHealth,
}) {
  const view = /** @type {Window & typeof globalThis} */ (document.defaultView);
  /** @type {Panel | null} */
  let panel = null;
  /** What happened before the panel stood. @type {((panel: Panel) => void)[]} */
  const early = [];
  /** @param {(panel: Panel) => void} act */
  const tell = (act) => (panel ? act(panel) : early.push(act));

  /** @type {ReturnType<typeof createComposer> | null} */
  let composer = null;
  const health = createHealth({
    site,
    read_only,
    onChange: (state) => {
      tell((it) => it.setHealth(state));
      reportHealth?.({ ...state });
    },
  });
  const badge = titleBadge(document, signal);
  /** The conversation that was last seen to end with an agent's line. */
  let rested = "";
  /**
   * A conversation that ends with an agent's line has nobody waiting, whatever was known of it before
   * the page was loaded.
   * @param {import("./watcher.js").Look} look
   */
  function restAnswered({ talk, answered }) {
    const key = talk?.settled && answered ? talk.id : "";
    if (key && key !== rested) tell((it) => it.setWaiting(waitingNow, [key]));
    rested = key;
  }
  /** @type {import("./types.js").Waiting[]} */
  let waitingNow = [];
  const parts = movingParts(view, () => panel?.lookAgain(), signal);
  let doubt = 0;
  let items = 0;
  /** @param {number} delay_ms */
  function lookAgainIn(delay_ms) {
    view.clearTimeout(doubt);
    if (delay_ms) doubt = view.setTimeout(() => watcher.look(), delay_ms);
  }
  const watcher = createWatcher({
    site,
    document,
    signal,
    onMessage: (message) => tell((it) => it.showMessage(message)),
    onConversation: (conversation) => tell((it) => it.showConversation(conversation)),
    onSent: (sent) => composer?.sent(sent),
    onWithdrawn: (conversation_id) => tell((it) => it.withdraw(conversation_id)),
    onWaiting: (waiting, answered) => {
      waitingNow = waiting;
      tell((it) => it.setWaiting(waiting, answered));
    },
    onLook: (look) => {
      lookAgainIn(health.judge(look));
      restAnswered(look);
      parts.take([look.box, look.thread.list, look.rows]);
      // A list that keeps its size may have a new line beneath the panel. Looked at once it is drawn: measuring
      // before would have the page laid out for it.
      if (look.thread.items !== items)
        view.requestAnimationFrame(() => view.setTimeout(() => signal.aborted || panel?.lookAgain()));
      items = look.thread.items;
    },
  });
  composer = createComposer({
    document,
    site: site.id,
    watcher,
    mayWrite: () => health.writable,
    imagePreview: previewOf(site, () => watcher.last().box),
    signal,
  });
  panel = mountPanel({
    document,
    link,
    composer: site.read_only ? null : composer,
    locale,
    site: site.id,
    platform: site.platform ?? "",
    keepClear: () => keepClear(watcher.last().box, watcher.last().thread.list, watcher.last().rows),
    onPoint: (id) => {
      const row = watcher.rowOf(id);
      if (row) pointAt(row, signal);
      return row !== null;
    },
    onWaiting: (waiting) => badge.show(waiting.length),
    ...extra,
  });
  let looks = { locale, theme: extra?.prefs?.theme ?? "auto" };
  const { setLooks } = panel;
  panel.setLooks = (next) => {
    looks = { locale: next.locale, theme: next.prefs.theme };
    setLooks(next);
  };
  for (const act of early) act(panel);
  if (!site.read_only && extra?.memory)
    quickSearch({
      document,
      here: () => ({
        box: /** @type {HTMLElement | null} */ (watcher.last().box),
        conversation_id: watcher.now()?.conversation_id ?? "",
      }),
      parts: { link, composer, site: site.id, platform: site.platform ?? "", memory: extra.memory },
      known: (id) => {
        const thread = panel
          ?.known()
          ?.threads.find(({ conversation }) => conversation.conversation_id === id);
        return { page: thread?.conversation.page ?? {}, values: thread?.values ?? {} };
      },
      looks: () => looks,
      mayFill: () => health.writable,
      signal,
    });
  const timer = view.setInterval(() => watcher.look(), LOOK_AGAIN_MS);
  signal.addEventListener("abort", () => {
    view.clearInterval(timer);
    view.clearTimeout(doubt);
    panel?.destroy();
  });
  return { panel, watcher, composer };
}

/**
 * Finds what the page shows of a pasted image, in the document or shadow root of the reply box.
 * @param {import("./sites/schema.js").Site} site
 * @param {() => Element | null} box
 */
function previewOf({ image_preview }, box) {
  if (!image_preview) return null;
  return () => {
    const root = /** @type {Document | ShadowRoot | undefined} */ (box()?.getRootNode());
    return root ? (findOne(root, image_preview)?.element ?? null) : null;
  };
}

/**
 * Tells when one of a few parts of the page is another one or has another size.
 * @param {Window & typeof globalThis} view
 * @param {() => void} onChange
 * @param {AbortSignal} signal
 */
function movingParts(view, onChange, signal) {
  const sizes = new view.ResizeObserver(() => onChange());
  /** @type {(Element | null)[]} */
  let known = [];
  sizes.observe(view.document.documentElement);
  signal.addEventListener("abort", () => sizes.disconnect());
  return {
    /** @param {(Element | null)[]} parts */
    take: (parts) => {
      parts.forEach((part, at) => {
        const before = known[at];
        if (part === before) return;
        if (before) sizes.unobserve(before);
        // Observing tells at once: a part that is new is a change.
        if (part) sizes.observe(part);
      });
      known = parts;
    },
  };
}
