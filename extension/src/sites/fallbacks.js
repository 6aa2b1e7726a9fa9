/**
 * Last fallbacks that several adapters share: by place alone, when no name holds any more.
 * @typedef {import("./schema.js").Rung} Rung
 */

/**
 * A number in a part that calls itself unread or a badge, where no source names the page's own mark.
 * @type {import("./schema.js").Mark}
 */
export const UNREAD_NUMBER = { css: ':is([class*="unread" i], [class*="badge" i], sup)', pattern: "[1-9]" };

/** What can be typed into and stands right under the thread; a note beside it is none. @type {Rung[]} */
export const UNDER_THE_THREAD = [
  { css: "textarea", visible: true, below_list: true },
  { css: '[contenteditable="true"]', visible: true, below_list: true },
];
