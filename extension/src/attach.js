/**
 * Joins adapter, watcher, composer, health and panel on one page. The content script and the
 * demo page use it alike.
 * @typedef {import("./sites/schema.js").Site} Site
 * @typedef {import("./types.js").PanelOptions} PanelOptions
 * @typedef {import("./types.js").Panel} Panel
 */
import { createComposer } from "./composer.js";
import { createHealth } from "./health.js";
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
  const watcher = createWatcher({
    site,
    document,
    signal,
    onMessage: (message) => tell((it) => it.showMessage(message)),
    onConversation: (conversation) => tell((it) => it.showConversation(conversation)),
    onSent: (sent) => composer?.sent(sent),
    onWaiting: (waiting, answered) => tell((it) => it.setWaiting(waiting, answered)),
    onLook: (look) => health.judge(look),
  });
  composer = createComposer({
    document,
    site: site.id,
    watcher,
    mayWrite: () => health.writable,
    signal,
  });
  panel = mountPanel({
    document,
    link,
    composer: site.read_only ? null : composer,
    locale,
    site: site.id,
    platform: site.platform ?? "",
    anchor: () => watcher.last().box,
    ...extra,
  });
  for (const act of early) act(panel);
  const timer = view.setInterval(() => watcher.look(), LOOK_AGAIN_MS);
  signal.addEventListener("abort", () => {
    view.clearInterval(timer);
    panel?.destroy();
  });
  return { panel, watcher, composer };
}
