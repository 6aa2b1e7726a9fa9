/**
 * The images of a reply: seen in its card, copied, dragged into the chat, or pasted into a reply box
 * whose editor takes them. Nothing is sent.
 * @typedef {import("./context.js").Context} Context
 * @typedef {import("../types.js").EncodedImage} EncodedImage
 */

import { fileOf } from "../page/image.js";
import { button } from "./dom.js";

/** So many images are kept; agents use the same few all day. */
const MOST_KEPT = 30;
/** @type {WeakMap<object, Map<string, Promise<EncodedImage>>>} */
const keptBy = new WeakMap();

/** An entry that is an address elsewhere is named, never fetched. @param {string} name */
const isAddress = (name) => name.includes("://");

/**
 * An image from the server, asked for once; a library that changed may hold another one.
 * @param {Context} ctx
 * @param {string} name
 * @returns {Promise<EncodedImage>}
 */
function imageOf({ link, platform }, name) {
  const kept = keptBy.get(link) ?? new Map();
  keptBy.set(link, kept);
  const { shop = "", library } = link.state.welcome ?? {};
  const key = [shop, library?.version ?? "", name].join("\n");
  const known = kept.get(key);
  if (known) return known;
  const asked = link
    .request("image", { image: name, platform })
    .then(({ image, media_type, content }) => ({ name: image, media_type, content }));
  kept.set(key, asked);
  // What failed is asked for anew when it is shown again.
  asked.catch(() => kept.delete(key));
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
  return asked;
}

/**
 * @param {Context} ctx
 * @param {object} options
 * @param {string[]} options.images
 * @param {import("./threads.js").Thread} options.thread
 * @param {string} options.message_id
 * @param {AbortSignal} options.signal
 */
export function imageRow(ctx, { images, thread, message_id, signal }) {
  const { h, t } = ctx;
  const row = h("div", { class: "images", attrs: { role: "group", "aria-label": t("images") } });
  const elsewhere = images.filter(isAddress);
  row.append(
    ...images
      .filter((name) => !isAddress(name))
      .map((name) => figure(ctx, { name, thread, message_id, signal })),
    ...(elsewhere.length > 0
      ? [h("p", { class: "why", text: t("with_images", { names: elsewhere.join("、") }) })]
      : []),
  );
  return row;
}

/**
 * @param {Context} ctx
 * @param {{name: string, thread: import("./threads.js").Thread, message_id: string, signal: AbortSignal}} options
 */
function figure(ctx, { name, thread, message_id, signal }) {
  const { h, t, document } = ctx;
  const view = /** @type {Window & typeof globalThis} */ (document.defaultView);
  const node = h("figure", { class: "image" }, h("p", { class: "why", text: t("image_loading", { name }) }));

  /** @param {EncodedImage} image @param {File} file */
  const show = (image, file) => {
    const address = view.URL.createObjectURL(file);
    signal.addEventListener("abort", () => view.URL.revokeObjectURL(address), { once: true });
    const picture = h("img", {
      attrs: { src: address, alt: name, title: t("image_drag"), draggable: "true" },
    });
    const { insertImage } = ctx.composer ?? {};
    node.replaceChildren(
      picture,
      h(
        "div",
        { class: "acts" },
        insertImage &&
          ctx.actions.canFill() &&
          button(h, { text: t("image_insert"), class: "plain", signal, onClick: () => insert(image) }),
        button(h, { text: t("image_copy"), class: "plain", signal, onClick: () => copy(file) }),
      ),
    );
  };

  /** @param {EncodedImage} image */
  const insert = async (image) => {
    const binding = { site: ctx.site, conversation_id: thread.conversation.conversation_id, message_id };
    const made = await ctx.composer?.insertImage?.(image, binding);
    if (made?.ok) ctx.say(t("image_inserted"));
    else ctx.say(t(`refused_${made?.reason || "no_box"}`), "wrong");
  };

  /** @param {File} file */
  const copy = async (file) => {
    try {
      // The clipboard takes png only; the promise keeps the click's permission while it is drawn.
      const item = new view.ClipboardItem({ "image/png": pngOf(file, view) });
      await view.navigator.clipboard.write([item]);
      ctx.say(t("image_copied"));
    } catch {
      ctx.say(t("refused_image_clipboard"), "wrong");
    }
  };

  imageOf(ctx, name).then(
    (image) => !signal.aborted && show(image, fileOf(image, view)),
    (error) =>
      node.replaceChildren(
        h("p", {
          class: "why",
          text: t(error.code === "away" ? "image_away" : "image_failed", { name }),
          attrs: { title: error.message },
        }),
      ),
  );
  return node;
}

/**
 * @param {File} file
 * @param {Window & typeof globalThis} view
 * @returns {Promise<Blob>}
 */
async function pngOf(file, view) {
  if (file.type === "image/png") return file;
  const drawn = await view.createImageBitmap(file);
  const canvas = new view.OffscreenCanvas(drawn.width, drawn.height);
  canvas.getContext("2d")?.drawImage(drawn, 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}
