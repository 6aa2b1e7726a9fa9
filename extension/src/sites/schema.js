/**
 * The shape of an adapter file: what a site's chat page looks like, as plain data. Nothing in
 * it is code; selectors and patterns are read by `page/find.js`. Every part holds its fallbacks
 * in order of trust: data attribute, id, role, class prefix, geometry.
 */

/**
 * A way to an element: a selector, or one that only counts while the element shows, or that
 * stands under the thread (reply boxes).
 * @typedef {string | {css: string, visible?: boolean, last?: boolean, below_list?: boolean}} Rung
 */

/**
 * A way to a word on the page or in its address: text of `css` (of the scope itself without
 * it), or `attr` of it, or the query parameter `url`; `pattern` keeps its first group.
 * @typedef {string | {css?: string, attr?: string, url?: string, pattern?: string, last?: boolean}} Read
 */

/**
 * Who wrote an item. The first rule that holds decides: `css` (the item is it or holds it),
 * `style` (a computed style whose values tell the sides apart), `side` (left or right of the
 * list's middle), or nothing but `is` (all the rest).
 * @typedef {object} FromRule
 * @property {"shopper" | "agent" | "robot" | "system"} [is]
 * @property {string} [css]
 * @property {string} [style] CSS property, camel case
 * @property {string} [shopper] its value on a shopper's item
 * @property {string} [agent]
 * @property {string} [side] selector of the bubble whose place is measured; "" for the item
 * @property {"system"} [middle] whose a bubble in the middle is; nobody known without it
 */

/**
 * Content that is no text: becomes `[label] title price`.
 * @typedef {{label: string, css: string, read?: Read[], product?: Read[], order_id?: Read[], order_status?: Read[], amount?: Read[]}} CardRule
 */

/**
 * A sign on a row: an element that shows and whose text, or `attr`, `pattern` finds.
 * @typedef {{css: string, attr?: string, pattern?: string}} Mark
 */

/**
 * The page's list of conversations, for the clocks of shoppers whose conversation is not open.
 * @typedef {object} ConversationList
 * @property {Rung[]} [list] what holds the rows; the whole page without it
 * @property {Rung[]} row
 * @property {Read[]} [id] the same id as `conversation.id` or `conversation.of_item`
 * @property {Read[]} name
 * @property {Rung[]} [text] the preview of the last line
 * @property {Mark[]} waits any of them: unread, unanswered
 * @property {string} [open] selector of the row on screen, or of what it holds
 * @property {Read[]} [at] time of day of the last line
 * @property {Read[]} [waited] how long the shopper has waited
 */

/**
 * @typedef {object} Site
 * @property {1} schema
 * @property {string} id
 * @property {number} version grows with every change; the greater one wins
 * @property {string} name_zh
 * @property {string} name_en
 * @property {string} [platform] name of the platform as the server's rules know it
 * @property {string[]} matches match patterns of the pages on which it is offered
 * @property {boolean} [all_frames]
 * @property {string[]} [frames] parts of the address of the frame that holds the chat; all others rest
 * @property {"kuaishou_2_11"} [consent]
 * @property {boolean} [read_only] pages without a reply box
 * @property {string[][]} [roots] open shadow hosts to go through, outermost first; several ways in order
 * @property {Rung[]} list
 * @property {Rung[]} item
 * @property {FromRule[]} from
 * @property {Rung[]} text
 * @property {string[]} [drop] parts of a text element that are not the message (time, read mark)
 * @property {Read[]} [item_id]
 * @property {Read[]} [sent_at]
 * @property {{id?: Read[], of_item?: Read[], name?: Read[], witness?: Read[], masked?: boolean}} conversation
 *   `id` in the page, `of_item` in a shopper's item (strongest), `name` in the header; a `witness`
 *   names the same shopper elsewhere: when it says another, nothing is certain
 * @property {ConversationList} [conversation_list]
 * @property {{id?: Read[], name?: Read[]}} [shopper] in an item, where several shoppers share a thread
 * @property {CardRule[]} [cards]
 * @property {Rung[]} box
 * @property {Rung[]} [image_preview] what comes up when an image was pasted and waits to be sent
 * @property {Rung[]} [send] the send button: looked at, never pressed
 * @property {Record<string, Read[]>} [page] product, order_id, order_status, amount and the like
 * @property {{css?: string[], text?: string[]}} [noise] lines that nobody wrote
 * @property {{recycled?: boolean, reversed?: boolean, keys?: string[]}} [quirks]
 * @property {{from: "shopper" | "agent", line: string}[]} [taught] lines that were on the page when it was
 *   taught, as hashes: a later load must read them the same way
 */

/** @typedef {(value: any, at: string, out: string[]) => void} Check */

/** @type {Check} */
const text = (value, at, out) => {
  if (typeof value !== "string" || value.length > 400)
    out.push(`${at} is ${show(value)}; expected a text of at most 400 characters`);
};
/** @type {Check} */
const filled = (value, at, out) => {
  text(value, at, out);
  if (value === "") out.push(`${at} is empty; expected a text`);
};
/** @type {Check} */
const flag = (value, at, out) => {
  if (typeof value !== "boolean") out.push(`${at} is ${show(value)}; expected true or false`);
};
/** @type {Check} */
const count = (value, at, out) => {
  if (!Number.isInteger(value) || value < 1) out.push(`${at} is ${show(value)}; expected a whole number`);
};
/** @type {Check} */
const pattern = (value, at, out) => {
  filled(value, at, out);
  try {
    new RegExp(value, "u");
  } catch (error) {
    out.push(`${at} is no pattern: ${error instanceof Error ? error.message : error}`);
  }
};
/** @type {Check} */
const match = (value, at, out) => {
  if (typeof value !== "string" || !/^(https?|\*):\/\/(\*|(\*\.)?[^/*\s]+)\/\S*$/u.test(value))
    out.push(`${at} is ${show(value)}; expected a match pattern such as https://chat.example.com/*`);
};
/** @param {...unknown} allowed @returns {Check} */
const oneOf =
  (...allowed) =>
  (value, at, out) => {
    if (!allowed.includes(value)) out.push(`${at} is ${show(value)}; expected one of ${allowed.join(", ")}`);
  };
/** @param {Check} check @param {number} [least] @returns {Check} */
const listOf =
  (check, least = 0) =>
  (value, at, out) => {
    if (!Array.isArray(value) || value.length < least || value.length > 60) {
      out.push(`${at} is ${show(value)}; expected a list of ${least} to 60 entries`);
      return;
    }
    for (const [i, entry] of value.entries()) check(entry, `${at}[${i}]`, out);
  };
/** @param {Record<string, Check>} needed @param {Record<string, Check>} [free] @returns {Check} */
const shape =
  (needed, free = {}) =>
  (value, at, out) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      out.push(`${at} is ${show(value)}; expected an object`);
      return;
    }
    for (const name of Object.keys(needed))
      if (!(name in value)) out.push(`${at}.${name} is missing; add it`);
    for (const [name, entry] of Object.entries(value)) {
      const check = needed[name] ?? free[name];
      if (check) check(entry, `${at}.${name}`, out);
      else out.push(`${at}.${name} is unknown; take it out`);
    }
  };
/** @param {Check} plain @param {Check} rich @returns {Check} */
const either = (plain, rich) => (value, at, out) =>
  (typeof value === "string" ? plain : rich)(value, at, out);
/** @param {Check} check @returns {Check} */
const tableOf = (check) => (value, at, out) => {
  if (typeof value !== "object" || value === null) out.push(`${at} is ${show(value)}; expected an object`);
  else for (const [name, entry] of Object.entries(value)) check(entry, `${at}.${name}`, out);
};

/** @param {unknown} value */
const show = (value) => JSON.stringify(value)?.slice(0, 60) ?? String(value);

const rungs = listOf(
  either(filled, shape({ css: filled }, { visible: flag, last: flag, below_list: flag })),
  1,
);
const reads = listOf(
  either(filled, shape({}, { css: filled, attr: filled, url: filled, pattern, last: flag })),
  1,
);

const marks = listOf(shape({ css: filled }, { attr: filled, pattern }), 1);

const conversationList = shape(
  { row: rungs, name: reads, waits: marks },
  { list: rungs, id: reads, text: rungs, open: filled, at: reads, waited: reads },
);

const site = shape(
  {
    schema: oneOf(1),
    id: filled,
    version: count,
    name_zh: filled,
    name_en: filled,
    matches: listOf(match, 1),
    list: rungs,
    item: rungs,
    from: listOf(
      shape(
        {},
        {
          is: oneOf("shopper", "agent", "robot", "system"),
          css: filled,
          style: filled,
          shopper: text,
          agent: text,
          side: text,
          middle: oneOf("system"),
        },
      ),
      1,
    ),
    text: rungs,
    conversation: shape({}, { id: reads, of_item: reads, name: reads, witness: reads, masked: flag }),
    box: rungs,
  },
  {
    platform: filled,
    all_frames: flag,
    frames: listOf(filled, 1),
    consent: oneOf("kuaishou_2_11"),
    read_only: flag,
    roots: listOf(listOf(filled), 1),
    drop: listOf(filled),
    item_id: reads,
    sent_at: reads,
    conversation_list: conversationList,
    shopper: shape({}, { id: reads, name: reads }),
    cards: listOf(
      shape(
        { label: filled, css: filled },
        { read: reads, product: reads, order_id: reads, order_status: reads, amount: reads },
      ),
    ),
    send: rungs,
    image_preview: rungs,
    page: tableOf(reads),
    noise: shape({}, { css: listOf(filled), text: listOf(pattern) }),
    quirks: shape({}, { recycled: flag, reversed: flag, keys: listOf(filled) }),
    taught: listOf(shape({ from: oneOf("shopper", "agent"), line: filled })),
  },
);

/**
 * What is wrong with an adapter file; nothing when it is sound. Selectors are only checked
 * where there is a document (not in the service worker).
 * @param {unknown} value
 * @returns {string[]}
 */
export function checkSite(value) {
  /** @type {string[]} */
  const out = [];
  site(value, "adapter", out);
  if (!out.length && !/^[a-z0-9][a-z0-9_.-]{0,59}$/u.test(/** @type {any} */ (value).id))
    out.push(
      `adapter.id is ${show(/** @type {any} */ (value).id)}; expected lower-case letters, digits, - . _`,
    );
  if (!out.length && typeof document !== "undefined") checkSelectors(value, "adapter", out);
  return out;
}

/** @param {any} value @param {string} at @param {string[]} out */
function checkSelectors(value, at, out) {
  const probe = document.createDocumentFragment();
  /** @param {string} css @param {string} where */
  const parse = (css, where) => {
    try {
      probe.querySelector(css);
    } catch {
      out.push(`${where} is ${show(css)}; expected a CSS selector`);
    }
  };
  for (const part of ["list", "item", "text", "box", "send", "image_preview", "drop"])
    for (const [i, rung] of (value[part] ?? []).entries())
      parse(typeof rung === "string" ? rung : rung.css, `${at}.${part}[${i}]`);
  for (const [i, rule] of value.from.entries()) {
    if (rule.css) parse(rule.css, `${at}.from[${i}].css`);
    if (rule.side) parse(rule.side, `${at}.from[${i}].side`);
  }
  const rows = value.conversation_list ?? {};
  for (const part of ["list", "row", "text", "waits"])
    for (const [i, rung] of (rows[part] ?? []).entries())
      parse(typeof rung === "string" ? rung : rung.css, `${at}.conversation_list.${part}[${i}]`);
  if (rows.open) parse(rows.open, `${at}.conversation_list.open`);
}
