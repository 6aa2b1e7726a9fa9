/**
 * Which chat sites are on. Each is asked for by itself, and only when it is switched on.
 * @typedef {import("./page.js").Page} Page
 * @typedef {import("../types.js").SiteEntry} SiteEntry
 */

import { button } from "../panel/dom.js";
import { allSites, readSettings, siteSwitch, writeSettings } from "../worker/settings.js";
import { adapterEditor } from "./adapter.js";
import { askConsent } from "./consent.js";
import { chosen, labelled } from "./page.js";

/**
 * The origins that a site needs: match patterns with their paths cut off.
 * @param {SiteEntry} entry
 * @returns {string[]}
 */
const originsOf = ({ matches }) => [
  ...new Set(matches.map((pattern) => pattern.replace(/^([^/]+\/\/[^/]+)\/.*$/, "$1/*"))),
];

/** @param {SiteEntry} entry */
const hostsOf = (entry) => [
  ...new Set(originsOf(entry).map((origin) => origin.replace(/^[^/]*\/\/|\/\*$/g, ""))),
];

/** Pages of this machine itself: the demo, pages for trying things out. @param {SiteEntry} entry */
const isLocal = (entry) =>
  entry.shipped !== false && hostsOf(entry).every((host) => /^(127\.0\.0\.1|localhost)(:|$)/.test(host));

/** @param {string} id @param {Partial<import("../worker/settings.js").Settings["sites"][string]>} change */
async function writeSite(id, change) {
  const { sites } = await readSettings();
  await writeSettings({ sites: { ...sites, [id]: { ...sites[id], on: sites[id]?.on ?? false, ...change } } });
}

/** @param {Page} page @returns {HTMLElement} */
export function sitesSection(page) {
  const { h, t, settings } = page;
  const said = h("p", { class: "said", attrs: { role: "status" } });
  const list = h("ul", { class: "sites" });
  const editor = h("div");
  const own = h("ul", { class: "sites" });
  for (const entry of allSites(settings)) {
    (isLocal(entry) ? own : list).append(siteRow(page, entry, { said, editor }));
  }
  return h(
    "section",
    {},
    h("h2", { text: t("options_sites") }),
    h("p", { class: "hint", text: t("options_sites_hint") }),
    list,
    h("details", { attrs: { id: "local-sites" } }, h("summary", { text: t("options_local") }), own),
    said,
    editor,
    otherPage(page, said),
  );
}

/**
 * @param {Page} page
 * @param {SiteEntry} entry
 * @param {{said: HTMLElement, editor: HTMLElement}} places
 */
function siteRow(page, entry, { said, editor }) {
  const { h, t, signal, settings, locale, draw } = page;
  const { on, read_only, consent } = siteSwitch(entry, settings);
  const name = locale === "en" ? entry.name_en : entry.name_zh;
  const edited = settings.adapters[entry.id] !== undefined;
  const own = settings.pages[entry.id] !== undefined || entry.shipped === false;

  const turnOn = async () => {
    // The order matters: the browser's question must follow a person's click, and the notice is
    // accepted by one.
    const accepted = entry.consent && !consent ? await askConsent(page, entry) : consent;
    if (entry.consent && !accepted) return draw();
    if (!(await chrome.permissions.request({ origins: originsOf(entry) }))) {
      said.textContent = t("site_refused");
      return draw();
    }
    await writeSite(entry.id, { on: true, ...(accepted && { consent: accepted }) });
    return draw();
  };
  const turnOff = async () => {
    await writeSite(entry.id, { on: false });
    const { sites } = await readSettings();
    const stillUsed = allSites(settings)
      .filter(({ id }) => id !== entry.id && sites[id]?.on)
      .flatMap(originsOf);
    const origins = originsOf(entry).filter((origin) => !stillUsed.includes(origin));
    if (origins.length > 0) await chrome.permissions.remove({ origins }).catch(() => false);
    return draw();
  };
  const remove = async () => {
    await turnOff();
    const { adapters, pages, sites } = await readSettings();
    for (const table of [adapters, pages, sites]) delete table[entry.id];
    await writeSettings({ adapters, pages, sites });
    await draw();
  };

  const box = (
    /** @type {boolean} */ value,
    /** @type {string} */ label,
    /** @type {(now: boolean) => void} */ fn,
  ) => {
    const input = h("input", { attrs: { type: "checkbox" } });
    input.checked = value;
    input.addEventListener("change", (event) => event.isTrusted && fn(input.checked), { signal });
    return h("label", {}, input, h("span", { text: label }));
  };
  const words = h("div", { class: "site-name" }, h("strong", { text: name }));
  const tag = own ? t("site_taught") : edited ? t("site_edited") : "";
  if (tag) words.append(h("span", { class: "tag", text: tag }));
  words.append(h("span", { class: "hint", text: hostsOf(entry).join(locale === "en" ? ", " : "、") }));
  const version = settings.adapters[entry.id]?.version ?? entry.version;
  if (version) words.append(h("span", { class: "hint", text: t("site_version", { n: version }) }));
  if (consent) {
    const { who, at, clause } = consent;
    const when = new Date(at).toLocaleString(locale === "en" ? "en" : "zh-CN");
    words.append(h("span", { class: "hint", text: t("consent_by", { who, at: when, clause }) }));
  }
  return h(
    "li",
    { attrs: { "data-site": entry.id } },
    words,
    h(
      "div",
      { class: "switches" },
      box(on, t("site_on"), (now) => (now ? turnOn() : turnOff())),
      box(read_only, t("site_read_only"), async (now) => {
        await writeSite(entry.id, { read_only: now });
        await draw();
      }),
      on && shopChoice(page, entry),
      button(h, {
        text: t("site_edit"),
        signal,
        onClick: () => editor.replaceChildren(adapterEditor(page, entry, name)),
      }),
      own && button(h, { text: t("site_remove"), signal, onClick: remove }),
    ),
  );
}

/**
 * Which shop this site is of, for an account that works for several.
 * @param {Page} page
 * @param {SiteEntry} entry
 */
function shopChoice(page, entry) {
  const { t, settings } = page;
  const { shops = [] } = settings.server;
  if (shops.length < 2) return null;
  const choices = shops.map(({ id, name }) => /** @type {[string, string]} */ ([id, name]));
  const node = chosen(page, {
    id: `shop-${entry.id}`,
    label: t("shop"),
    value: settings.sites[entry.id]?.shop ?? "",
    choices: [["", t("shop_as_above")], ...choices],
    onChange: (shop) => writeSite(entry.id, { shop }),
  });
  node.className = "shop-choice";
  return node;
}

/**
 * The address of a page as people type it: with or without its scheme.
 * @param {string} typed
 * @returns {URL | null} null where it is none
 */
export function pageUrl(typed) {
  const text = typed.trim();
  const local = /^(localhost|127\.|10\.|192\.168\.|\[)/i.test(text);
  const bare = !/^[a-z][a-z+.-]*:\/\//i.test(text);
  const url = URL.parse(bare ? `${local ? "http" : "https"}://${text}` : text);
  // A word alone is no page; a name on this machine's network is.
  const known = url && (local || !bare || /\.[^.]/.test(url.hostname));
  return known && /^https?:$/.test(url.protocol) ? url : null;
}

/**
 * Any other page: it gets an entry without an adapter, and the panel offers to be taught there.
 * @param {Page} page
 * @param {HTMLElement} said
 */
function otherPage(page, said) {
  const { h, t, signal, draw } = page;
  const from = new URLSearchParams(location.search).get("from") ?? "";
  const address = labelled(page, {
    id: "other",
    label: t("other_page_address"),
    value: URL.parse(from)?.origin ?? "",
  });
  const add = async () => {
    const url = pageUrl(address.input.value);
    if (!url) {
      said.textContent = t("other_page_bad");
      return;
    }
    const id = `page-${url.host.replace(/[^\w.-]/g, "-")}`;
    const { pages } = await readSettings();
    await writeSettings({
      pages: { ...pages, [id]: { id, name_zh: url.host, name_en: url.host, matches: [`${url.origin}/*`] } },
    });
    await draw();
  };
  const form = h(
    "form",
    { class: "row" },
    address.node,
    h("button", { class: "plain", text: t("other_page_add"), attrs: { type: "submit" } }),
  );
  form.addEventListener(
    "submit",
    (event) => {
      event.preventDefault();
      if (event.isTrusted) add();
    },
    { signal },
  );
  return h(
    "div",
    {},
    h("h3", { text: t("other_page") }),
    h("p", { class: "hint", text: t("other_page_hint") }),
    form,
  );
}
