/**
 * `/panel`: paste what the shopper wrote, read the suggestions, copy one. For consoles that no
 * extension reaches. The same page can float above them as a small window where the browser has
 * picture-in-picture for documents.
 */

import { mountPanel } from "/assets/extension/src/panel/panel.js";
import { newId } from "/assets/extension/src/protocol.js";
import { pageLink, pageMemory } from "/static/panel/page_link.js";

const MAX_TEXT = 4000;
const SMALL_WINDOW = { width: 380, height: 620 };

/** @typedef {{document: Document, area: HTMLElement}} Stage where the panel is played: page or small window */

/** @param {ParentNode} root @param {string} id */
const byId = (root, id) => /** @type {HTMLElement} */ (root.querySelector(`#${id}`));

const area = byId(document, "asking");
const { shop = "", locale = "zh_CN" } = area.dataset;
const link = pageLink({ shop, client: "bangda-panel-page" });
const memory = pageMemory();

/** The talk with the shopper who is being answered. */
let talk = newTalk();

function newTalk() {
  return { conversation_id: `panel-${newId()}`, history: /** @type {any[]} */ ([]), last: "" };
}

/** Order numbers are long and of digits; account names are not. */
const ORDER = /^[\d-]{10,}$/;

/**
 * Whom the field names: an order by its number, else a shopper by account.
 * @param {string} typed
 * @returns {Pick<import("/assets/extension/src/types.js").ShopperMessage, "shopper" | "page">}
 */
function whom(typed) {
  const name = typed.trim();
  if (!name) return {};
  return ORDER.test(name) ? { page: { order_id: name } } : { shopper: { id: name } };
}

/**
 * Puts the panel below the field of `stage` and makes the field work.
 * @param {Stage} stage
 * @returns {() => void} takes all of it away again
 */
function play({ document: stageDocument, area: stageArea }) {
  const end = new AbortController();
  const { signal } = end;
  const field = /** @type {HTMLTextAreaElement} */ (byId(stageArea, "message"));
  const panel = mountPanel({
    document: stageDocument,
    link,
    memory,
    composer: null,
    locale,
    site: "panel",
    container: byId(stageArea, "panel"),
    onOptions: () => location.assign("/signin?next=/panel"),
  });

  const who = /** @type {HTMLInputElement} */ (byId(stageArea, "who"));

  /** @param {boolean} toReplies whether the keyboard goes on in the suggestions */
  const ask = (toReplies) => {
    const text = field.value.trim().slice(0, MAX_TEXT);
    if (!text) return;
    const { conversation_id, history, last } = talk;
    if (last) history.push({ from: "shopper", text: last });
    talk.last = text;
    field.value = "";
    const named = whom(who.value);
    panel.showMessage({ conversation_id, message_id: newId(), text, history: history.slice(-10), ...named });
    if (toReplies) panel.focusReplies();
  };

  const next = () => {
    talk = newTalk();
    field.value = "";
    who.value = "";
    panel.showConversation({ conversation_id: talk.conversation_id });
    field.focus();
  };

  field.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.isTrusted) return;
      event.preventDefault();
      ask(false);
    },
    { signal },
  );
  // A paste is a whole message: ask at once, and let the next key choose.
  stageDocument.addEventListener(
    "paste",
    (event) => {
      const target = /** @type {Element | null} */ (event.target);
      if (!event.isTrusted || (target !== field && target?.closest("input, textarea, bangda-panel"))) return;
      const pasted = event.clipboardData?.getData("text/plain") ?? "";
      if (!pasted.trim()) return;
      event.preventDefault();
      field.value = target === field && field.value.trim() ? `${field.value}\n${pasted}` : pasted;
      ask(true);
    },
    { signal },
  );
  byId(stageArea, "ask").addEventListener("click", (event) => event.isTrusted && ask(true), { signal });
  byId(stageArea, "next").addEventListener("click", (event) => event.isTrusted && next(), { signal });
  panel.showConversation({ conversation_id: talk.conversation_id });
  return () => {
    end.abort();
    panel.destroy();
  };
}

let stop = play({ document, area });

/** Moves the whole of it into a small window that stays on top, and back when that is closed. */
async function toSmallWindow() {
  const { documentPictureInPicture } = /** @type {any} */ (globalThis);
  const small = /** @type {Window} */ (await documentPictureInPicture.requestWindow(SMALL_WINDOW));
  for (const sheet of document.querySelectorAll('link[rel="stylesheet"]')) {
    small.document.head.append(small.document.importNode(sheet, true));
  }
  small.document.documentElement.lang = document.documentElement.lang;
  small.document.title = document.title;
  stop();
  const home = /** @type {Element} */ (area.parentElement);
  const away = byId(document, "away");
  small.document.body.className = "small-window";
  small.document.body.append(area);
  away.hidden = false;
  stop = play({ document: small.document, area });
  small.addEventListener(
    "pagehide",
    () => {
      stop();
      away.hidden = true;
      home.append(area);
      stop = play({ document, area });
    },
    { once: true },
  );
}

const small = byId(document, "small");
small.hidden = !("documentPictureInPicture" in globalThis);
const page = new AbortController();
small.addEventListener("click", (event) => event.isTrusted && toSmallWindow(), { signal: page.signal });
document.querySelector("#shop")?.addEventListener(
  "change",
  (event) => {
    const { value } = /** @type {HTMLSelectElement} */ (event.target);
    location.assign(`/panel?shop=${encodeURIComponent(value)}`);
  },
  { signal: page.signal },
);
