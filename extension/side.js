/**
 * The browser's side panel: the panel for the chat page of the tab in front, or how to get one.
 * `?tab=` shows one tab for good, where the browser cannot say which one is in front.
 */

import { button, nodeMaker } from "./src/panel/dom.js";
import { mountPanel } from "./src/panel/panel.js";
import { portLink } from "./src/port_link.js";
import { sideStage } from "./src/side/in_panel.js";
import { loadText } from "./src/text.js";
import { localeOf, readSettings } from "./src/worker/settings.js";
import { SIDE_PORT } from "./src/worker/side.js";

const container = /** @type {HTMLElement} */ (document.querySelector("#panel"));
const nobody = /** @type {HTMLElement} */ (document.querySelector("#nobody"));
const h = nodeMaker(document);
const { signal } = new AbortController();
let tab = Number(new URLSearchParams(location.search).get("tab") ?? -1);
const fixed = tab >= 0;

const { caller, link, memory } = portLink({
  signal,
  name: SIDE_PORT,
  onNews: (message) => {
    if (message.kind === "page") there(message.there);
    else if (message.kind === "body") {
      if (message.body.kind === "begin") show(true);
      stage.hear(message.body);
    }
  },
  // A worker that comes back knows nothing of before.
  onConnect: (to) => tab >= 0 && to.tell("watch", { tab }),
});

const toOptions = async () => {
  const { clicked } = /** @type {any} */ (await chrome.storage.session.get("clicked"));
  const from =
    clicked?.tab === tab && /^https?:/.test(clicked.url) ? `?from=${encodeURIComponent(clicked.url)}` : "";
  chrome.tabs.create({ url: chrome.runtime.getURL(`options.html${from}`) });
};

const stage = sideStage({
  document,
  container,
  link,
  memory,
  post: (body) => caller.tell("body", { body }),
  mountPanel,
  onOptions: toOptions,
  onNobody: () => show(false),
});

/** @param {boolean} panel the page has one; else what to do is said */
function show(panel) {
  container.hidden = !panel;
  nobody.hidden = panel;
}

/** @param {boolean} page there is a page to work for */
function there(page) {
  if (page) return;
  stage.leave();
  show(false);
}

async function drawNobody() {
  const { prefs } = await readSettings();
  const locale = localeOf(prefs);
  const t = await loadText(locale);
  document.documentElement.lang = locale === "en" ? "en" : "zh-CN";
  document.title = t("extension_name");
  if (prefs.theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = prefs.theme;
  nobody.replaceChildren(
    h("h1", { text: t("side_nobody") }),
    h("p", { text: t("side_nobody_hint") }),
    button(h, { text: t("do_options"), signal, onClick: toOptions }),
  );
}

/** @param {number} next */
function watch(next) {
  tab = next;
  caller.tell("watch", { tab });
}

await drawNobody();
chrome.storage.onChanged.addListener((changes) => changes.prefs && drawNobody());
if (fixed) watch(tab);
else {
  const { id: window } = await chrome.windows.getCurrent();
  const [front] = await chrome.tabs.query({ active: true, windowId: window });
  if (front?.id !== undefined) watch(front.id);
  chrome.tabs.onActivated.addListener(({ tabId, windowId }) => {
    if (windowId === window) watch(tabId);
  });
}
