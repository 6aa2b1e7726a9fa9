/**
 * Images beside the demo's reply box: pasted or dropped by a person, or put in by the panel. They
 * stand there until the agent sends or takes them out.
 */

import { nodeMaker } from "/assets/extension/src/panel/dom.js";

const h = nodeMaker(document);

/**
 * @param {HTMLElement} box
 * @param {HTMLElement} shelf what shows them
 */
export function pictureShelf(box, shelf) {
  /** @type {{address: string, name: string}[]} */
  let held = [];

  const draw = () => {
    shelf.hidden = held.length === 0;
    shelf.replaceChildren(
      ...held.map((one) => {
        const out = h("button", { text: "×", attrs: { type: "button", "aria-label": shelf.dataset.out } });
        out.addEventListener("click", () => {
          held = held.filter((other) => other !== one);
          draw();
        });
        return h("figure", {}, h("img", { attrs: { src: one.address, alt: one.name } }), out);
      }),
    );
  };

  /** @param {Iterable<File>} files @returns {boolean} whether there was an image among them */
  const take = (files) => {
    const images = [...files].filter(({ type }) => type.startsWith("image/"));
    held = [...held, ...images.map((file) => ({ address: URL.createObjectURL(file), name: file.name }))];
    if (images.length > 0) draw();
    return images.length > 0;
  };

  box.addEventListener("paste", (event) => {
    if (take(event.clipboardData?.files ?? [])) event.preventDefault();
  });
  box.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  box.addEventListener("drop", (event) => {
    if (take(event.dataTransfer?.files ?? [])) event.preventDefault();
  });

  return {
    take,
    /** The addresses of all images, which stand there no more. @returns {string[]} */
    empty: () => {
      const addresses = held.map(({ address }) => address);
      held = [];
      draw();
      return addresses;
    },
  };
}
