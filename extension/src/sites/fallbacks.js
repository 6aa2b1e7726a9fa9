/**
 * Last fallbacks that several adapters share: by place alone, when no name holds any more.
 * @typedef {import("./schema.js").Rung} Rung
 */

/** What can be typed into and stands right under the thread; a note beside it is none. @type {Rung[]} */
export const UNDER_THE_THREAD = [
  { css: "textarea", visible: true, below_list: true },
  { css: '[contenteditable="true"]', visible: true, below_list: true },
];
