/**
 * The content script's module: finds out whether this page is switched on, and with which
 * adapter, and attaches panel and watcher to it. Every change on the options page starts afresh.
 * @typedef {import("./types.js").PageSession} PageSession
 * @typedef {import("./types.js").SiteSwitch} SiteSwitch
 */
import { attach } from "./attach.js";
import { mountPanel } from "./panel/panel.js";
import { openPort } from "./port_link.js";
import { sidePanelFirst } from "./side/on_page.js";
import { adapterFor } from "./sites/registry.js";
import { teach } from "./teach/teach.js";
import { contradicts } from "./teach/trial.js";

/** How often a page is looked at whose thread is not read yet, in milliseconds. */
const TAUGHT_CHECK_MS = 500;

/** Starts on this page; called by the loader, once a frame. */
export async function start() {
  const life = new AbortController();
  const session = await openPort({ signal: life.signal });
  let { run, panel } = begin(session, session.site);
  let site = session.site;
  session.onChange(
    (change) => {
      const same = JSON.stringify(change.site) === JSON.stringify(site);
      site = change.site;
      // Other looks are no reason to read the page anew.
      if (same) panel?.setLooks(change);
      else {
        run.abort();
        ({ run, panel } = begin({ ...session, ...change }, site));
      }
    },
    { signal: life.signal },
  );
}

/**
 * @param {PageSession} session
 * @param {SiteSwitch} chosen
 * @returns {{run: AbortController, panel: import("./types.js").Panel | null}} `run` ends what was begun
 */
function begin(session, chosen) {
  const run = new AbortController();
  const { site, errors } = adapterFor(chosen.id, chosen.adapter);
  if (errors.length)
    session.reportHealth({ state: "broken", cause: "list", detail: errors.slice(0, 3).join("; ") });
  if (!chosen.on || (site?.consent && !chosen.consent) || !isChatFrame(site?.frames))
    return { run, panel: null };
  if (!site) return { run, panel: offerTeaching(session, run.signal) };
  const attached = new AbortController();
  run.signal.addEventListener("abort", () => attached.abort(), { once: true });
  const { panel, watcher } = attach({
    document,
    site,
    link: session.link,
    mountPanel: mounterOf(session),
    signal: attached.signal,
    locale: session.locale,
    read_only: chosen.read_only,
    reportHealth: session.reportHealth,
    panel: {
      memory: session.memory,
      prefs: session.prefs,
      onOptions: session.openOptions,
      ...(session.side && { onSide: session.openSide }),
      onTeach: () => teachHere(session, run.signal, site.version),
    },
  });
  if (site.taught)
    checkTaught(watcher, site, attached.signal, () => {
      attached.abort();
      offerTeaching(session, run.signal);
    });
  return { run, panel };
}

/** In the browser's side panel while that is open, else over the page. @param {PageSession} session */
const mounterOf = ({ side }) => (side ? sidePanelFirst({ side, mountPanel }) : mountPanel);

/**
 * What was taught is tried again on every load: a mark of the moment is gone by then.
 * @param {ReturnType<typeof attach>["watcher"]} watcher
 * @param {import("./sites/schema.js").Site} site
 * @param {AbortSignal} signal
 * @param {() => void} onWrong
 */
function checkTaught(watcher, site, signal, onWrong) {
  const timer = setInterval(() => {
    const { talk, thread } = watcher.last();
    if (!talk?.settled && !signal.aborted) return;
    clearInterval(timer);
    if (!signal.aborted && contradicts(site, thread.bubbles)) onWrong();
  }, TAUGHT_CHECK_MS);
}

/** A page that was added but that nobody taught yet. @param {PageSession} session @param {AbortSignal} signal */
function offerTeaching(session, signal) {
  const { link, locale, memory, prefs, openOptions } = session;
  const panel = mounterOf(session)({
    document,
    link,
    composer: null,
    locale,
    site: session.site.id,
    memory,
    prefs,
    onOptions: openOptions,
    onTeach: () => teachHere(session, signal),
  });
  panel.setHealth({ state: "untaught", cause: "unknown_page", site: session.site.id });
  signal.addEventListener("abort", () => panel.destroy(), { once: true });
  return panel;
}

/**
 * Saving tells every page of the change, which starts this one afresh.
 * @param {PageSession} session
 * @param {AbortSignal} signal
 * @param {number} [version] of the adapter whose place is taken: an older one would give way to it
 */
function teachHere(session, signal, version = 1) {
  teach({
    document,
    locale: session.locale,
    signal,
    save: (site) =>
      session.saveAdapter(/** @type {any} */ ({ ...site, version, id: session.site.id || site.id })),
  });
}

/** Of a page with frames only the one that holds the chat is worked on. @param {string[] | undefined} frames */
const isChatFrame = (frames) => !frames || frames.some((part) => location.href.includes(part));
