/**
 * `/demo`: a shopper's phone on the left, the agent's chat page on the right with the panel that
 * the extension puts into real seller pages.
 */

import { mountPanel } from "/assets/extension/src/panel/panel.js";
import { newId } from "/assets/extension/src/protocol.js";
import { boxComposer } from "/static/demo/box.js";
import { chatBook, questionOf } from "/static/demo/chats.js";
import { pictureShelf } from "/static/demo/pictures.js";
import { showRisk } from "/static/demo/risk.js";
import { messageStream } from "/static/demo/stream.js";
import { drawList, drawThread } from "/static/demo/views.js";
import { pageLink, pageMemory } from "/static/panel/page_link.js";

/** @template {HTMLElement} T @param {string} id @returns {T} */
const byId = (id) => /** @type {T} */ (document.getElementById(id));

const stage = byId("demo");
const { locale = "zh_CN" } = stage.dataset;
const { shops, messages } = await (await fetch("/demo/stream.json")).json();
const shopSelect = /** @type {HTMLSelectElement} */ (byId("shop"));
const box = /** @type {HTMLTextAreaElement} */ (byId("box"));
const shopperBox = /** @type {HTMLInputElement} */ (byId("shopper-box"));

for (const { id, name } of shops) shopSelect.add(new Option(name, id));
const query = new URLSearchParams(location.search);
const asked = query.get("shop");
// `?bare`: without the page's own panel, for trying the installed extension on this page.
stage.classList.toggle("bare", query.has("bare"));
shopSelect.value = shops.some((/** @type {any} */ shop) => shop.id === asked) ? asked : shops[0].id;
byId("shop-name").textContent = shopSelect.selectedOptions[0].text;

/** An image's line in words, as sellers' pages write it. */
const IMAGE = "[图片]";
const book = chatBook();
let here = "";
const chatHere = () => book.get(here);

const pictures = pictureShelf(box, byId("pictures"));
const composer = boxComposer(
  box,
  () => {
    const chat = chatHere();
    const message_id = chat?.lines.findLast(({ from }) => from === "shopper")?.id ?? "";
    return { conversation_id: here, message_id };
  },
  pictures.take,
);
const link = pageLink({ shop: shopSelect.value, client: "bangda-demo" });
const panel = query.has("bare")
  ? null
  : mountPanel({
      document,
      link,
      composer,
      memory: pageMemory(),
      locale,
      site: "demo",
      container: byId("panel"),
      onPick: show,
    });

function draw() {
  const chat = chatHere();
  byId("nobody").hidden = book.all().length > 0;
  drawList(byId("chats"), book.all(), { here, timers: link.state.welcome?.timers, onPick: show });
  const thread = byId("thread");
  Object.assign(thread.dataset, {
    conversationId: here,
    shopperName: chat?.name ?? "",
    product: chat?.product ?? "",
  });
  drawThread(thread, chat, "agent");
  drawThread(byId("phone-thread"), chat, "shopper");
  byId("thread-name").textContent = chat?.name ?? "";
  const product = byId("thread-product");
  product.hidden = !chat?.product;
  product.textContent = chat?.product ? `${stage.dataset.product} ${chat.product}` : "";
}

/** @param {string} id */
function show(id) {
  here = id;
  const chat = chatHere();
  if (!chat) return;
  chat.unread = 0;
  const page = chat.product ? { product: chat.product } : undefined;
  panel?.showConversation({ conversation_id: id, shopper: { id, name: chat.name }, page });
  draw();
}

/** @param {import("/static/demo/chats.js").Chat} chat @param {string} text */
function shopperSays(chat, text) {
  book.say(chat, "shopper", text);
  if (here === "") show(chat.id);
  if (chat.id !== here) chat.unread += 1;
  const question = questionOf(chat);
  if (question) panel?.showMessage(question);
  draw();
}

function agentSends() {
  const chat = chatHere();
  const text = box.value.trim();
  if (!chat) return;
  for (const image of pictures.empty()) book.say(chat, "agent", IMAGE, image);
  if (text) {
    book.say(chat, "agent", text);
    box.value = "";
    byId("risky-hint").hidden = true;
    composer.tellSent({ conversation_id: chat.id, text });
  }
  draw();
}

const stream = messageStream({
  lines: () => messages.filter((/** @type {any} */ line) => line.shop === shopSelect.value),
  onLine: ({ shopper, text, product }, round) => {
    shopperSays(book.open(`${shopper}-${round}`, shopper, product), text);
  },
  onState: (running) => {
    const { dataset } = byId("stream");
    byId("stream").textContent = (running ? dataset.pause : dataset.start) ?? "";
    byId("stream").setAttribute("aria-pressed", String(running));
  },
});

byId("stream").addEventListener("click", () => (stream.running() ? stream.pause() : stream.start()));
byId("one").addEventListener("click", () => stream.one());
byId("pace").addEventListener("change", (event) => {
  stream.setPace(/** @type {any} */ (/** @type {HTMLSelectElement} */ (event.target).value));
});
shopSelect.addEventListener("change", () => {
  location.assign(`/demo?shop=${encodeURIComponent(shopSelect.value)}`);
});
byId("shopper-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = shopperBox.value.trim();
  if (!text) return;
  shopperBox.value = "";
  shopperSays(chatHere() ?? book.open(`visitor-${newId()}`, stage.dataset.visitor ?? ""), text);
});
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.isTrusted) return;
  event.preventDefault();
  agentSends();
});
byId("send").addEventListener("click", (event) => event.isTrusted && agentSends());
setInterval(draw, 1000);
if (!query.has("quiet")) {
  stream.start();
  if (panel) {
    const { risky = "" } = stage.dataset;
    showRisk({ box, hint: byId("risky-hint"), text: risky, show: composer.show });
  }
}
