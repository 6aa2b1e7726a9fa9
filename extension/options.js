/**
 * The options page: pairing, sites, keys, looks. Each part is a section that draws itself from the
 * settings and writes back what was changed.
 */

import { keysSection } from "./src/options/keys.js";
import { looksSection } from "./src/options/looks.js";
import { serverSection } from "./src/options/server.js";
import { sitesSection } from "./src/options/sites.js";
import { nodeMaker } from "./src/panel/dom.js";
import { loadText } from "./src/text.js";
import { localeOf, readSettings } from "./src/worker/settings.js";

const root = /** @type {HTMLElement} */ (document.querySelector("#options"));
const h = nodeMaker(document);
let life = new AbortController();

/**
 * Where the agent was on the page: what stood open, and which control had the focus.
 * @returns {() => void} goes back there on a page that was drawn anew
 */
function keepPlace() {
  const open = [...root.querySelectorAll("details[open]")].map(({ id }) => id);
  const active = document.activeElement;
  const site = active?.closest("[data-site]")?.getAttribute("data-site");
  const controls = "input, select, button";
  const at = [...(active?.closest("[data-site]")?.querySelectorAll(controls) ?? [])].indexOf(active ?? root);
  const id = active?.id;
  return () => {
    for (const name of open) document.getElementById(name)?.setAttribute("open", "");
    const row = site && root.querySelector(`[data-site="${CSS.escape(site)}"]`);
    const target = row ? row.querySelectorAll(controls)[at] : id ? document.getElementById(id) : null;
    /** @type {HTMLElement | null | undefined} */ (target)?.focus({ preventScroll: true });
  };
}

/** Draws the whole page from what is stored now. */
async function draw() {
  life.abort();
  life = new AbortController();
  const { signal } = life;
  const settings = await readSettings();
  const locale = localeOf(settings.prefs);
  const t = await loadText(locale);
  if (signal.aborted) return;
  document.documentElement.lang = locale === "en" ? "en" : "zh-CN";
  document.title = t("options_title");
  if (settings.prefs.theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = settings.prefs.theme;
  /** @type {import("./src/options/page.js").Page} */
  const page = { h, t, signal, settings, locale, draw };
  const goBack = keepPlace();
  root.replaceChildren(
    h("h1", { text: t("options_title") }),
    serverSection(page),
    sitesSection(page),
    keysSection(page),
    looksSection(page),
    h("p", { class: "hint", text: t("options_privacy") }),
  );
  goBack();
}

draw();
