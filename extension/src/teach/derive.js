/**
 * Makes an adapter file out of three or four clicks: a shopper's bubble, an own bubble, the reply
 * box, the shopper's name above the thread where the page shows one.
 * It prefers names that last (data attributes, ids, roles, the readable start of a class) and
 * tells the sides apart by what the two bubbles do not share, by place when they share all.
 * @typedef {import("../sites/schema.js").Site} Site
 */

/** Data attributes that name one message, in order of trust. */
const ID_ATTRIBUTES = ["data-message-id", "data-msg-id", "data-msgid", "data-id", "data-key", "id"];

/**
 * @typedef {object} Lesson
 * @property {Element} shopper an element inside a shopper's bubble
 * @property {Element} agent an element inside an own bubble
 * @property {Element} box
 * @property {Element | null} [name]
 */

/**
 * @param {Lesson} lesson
 * @param {{href: string, title: string}} page
 * @returns {{site: Site | null, error: "" | "same" | "no_list" | "not_box" | "not_name"}} what went wrong, if anything
 */
export function deriveSite({ shopper, agent, box, name = null }, page) {
  const common = commonAncestor(shopper, agent);
  if (!common || common === shopper || common === agent) return fail("same");
  const shopperItem = childOf(common, shopper);
  const agentItem = childOf(common, agent);
  if (!shopperItem || !agentItem || shopperItem === agentItem) return fail("no_list");
  if (!isBox(box) || common.contains(box)) return fail("not_box");
  if (name && !isOver(name, common)) return fail("not_name");
  const list = selectorOf(common);
  const url = new URL(page.href);
  /** @type {Site} */
  const site = {
    schema: 1,
    id: `taught-${url.host.replace(/[^a-z0-9.-]/gu, "-")}`.slice(0, 60),
    version: 1,
    name_zh: page.title.slice(0, 40) || url.host,
    name_en: url.host,
    matches: [`${url.protocol}//${url.host}/*`],
    list: [list],
    item: itemRungs(shopperItem, agentItem),
    from: sidesOf(shopperItem, agentItem, shopper, agent),
    text: textRungs(shopperItem, shopper, agentItem, agent),
    conversation: conversationOf(name),
    box: [selectorOf(box), { css: box.tagName.toLowerCase(), visible: true, below_list: true }],
  };
  const id = ID_ATTRIBUTES.find((name) => names(shopperItem, name) && names(agentItem, name));
  if (id) site.item_id = [{ attr: id }];
  const host = /** @type {ShadowRoot | Document} */ (common.getRootNode());
  if (host instanceof ShadowRoot) site.roots = [[selectorOf(host.host)]];
  return { site, error: "" };
}

/**
 * Names with stars collide, and without a name all conversations would be one: both are told apart
 * by what was said in them.
 * @param {Element | null} name
 * @returns {Site["conversation"]}
 */
function conversationOf(name) {
  if (!name) return { masked: true };
  const masked = /\*/u.test(name.textContent ?? "");
  return { name: [{ css: selectorOf(name) }], ...(masked && { masked }) };
}

/** Above the thread, in its column: a name in the list of conversations is another's after a switch. @param {Element} name @param {Element} list */
function isOver(name, list) {
  const own = name.getBoundingClientRect();
  const pane = list.getBoundingClientRect();
  const words = (name.textContent ?? "").trim();
  return words !== "" && own.top < pane.top && own.left < pane.right && own.right > pane.left;
}

/** @param {"same" | "no_list" | "not_box" | "not_name"} error @returns {{site: null, error: typeof error}} */
const fail = (error) => ({ site: null, error });

/** @param {Element} a @param {Element} b */
function commonAncestor(a, b) {
  /** @type {Element | null} */
  let node = a;
  while (node && !node.contains(b)) node = node.parentElement;
  return node;
}

/** The child of `ancestor` that holds `inner`. @param {Element} ancestor @param {Element} inner */
const childOf = (ancestor, inner) => [...ancestor.children].find((child) => child.contains(inner)) ?? null;

/** @param {Element} box */
function isBox(box) {
  const tag = box.tagName;
  return tag === "TEXTAREA" || tag === "INPUT" || /** @type {HTMLElement} */ (box).isContentEditable;
}

/** @param {Element} item @param {string} name */
const names = (item, name) => (item.getAttribute(name) ?? "") !== "";

/** @param {Element} shopper @param {Element} agent @returns {string[]} */
function itemRungs(shopper, agent) {
  const shared = readable(shopper).filter((name) => readable(agent).includes(name));
  const attribute = ID_ATTRIBUTES.slice(0, -1).find((name) => names(shopper, name) && names(agent, name));
  const rungs = [attribute ? `[${attribute}]` : "", shared.length ? byClass(shared[0]) : "", ":scope > *"];
  return rungs.filter(Boolean);
}

/**
 * What only one side's item says of itself, in itself or in what it holds; sides as the last word.
 * @param {Element} shopperItem @param {Element} agentItem @param {Element} shopper @param {Element} agent
 * @returns {import("../sites/schema.js").FromRule[]}
 */
function sidesOf(shopperItem, agentItem, shopper, agent) {
  const own = marks(agentItem, agent);
  const theirs = marks(shopperItem, shopper);
  /** @type {import("../sites/schema.js").FromRule[]} */
  const rules = [];
  const onlyOwn = own.filter((mark) => !theirs.includes(mark))[0];
  const onlyTheirs = theirs.filter((mark) => !own.includes(mark))[0];
  if (onlyOwn) rules.push({ is: "agent", css: onlyOwn });
  if (onlyTheirs) rules.push({ is: "shopper", css: onlyTheirs });
  rules.push({ side: pathIn(shopperItem, shopper) });
  return rules;
}

/** Selectors that hold on the way from the item to the bubble. @param {Element} item @param {Element} inner */
function marks(item, inner) {
  /** @type {string[]} */
  const out = [];
  /** @type {Element | null} */
  let node = inner;
  for (; node && item.contains(node); node = node.parentElement) {
    for (const attribute of node.attributes)
      if (/^data-(from|role|type|direction|sender|side)$/u.test(attribute.name))
        out.unshift(`[${attribute.name}="${CSS.escape(attribute.value)}"]`);
    out.unshift(...readable(node).map(byClass));
  }
  return [...new Set(out)];
}

/** @param {Element} shopperItem @param {Element} shopper @param {Element} agentItem @param {Element} agent */
function textRungs(shopperItem, shopper, agentItem, agent) {
  const shared = readable(shopper).filter((name) => readable(agent).includes(name));
  const paths = [pathIn(shopperItem, shopper), pathIn(agentItem, agent)];
  return [...new Set([...shared.map(byClass), ...paths])].filter(Boolean);
}

/** Tags from the item down to the bubble. @param {Element} item @param {Element} inner */
function pathIn(item, inner) {
  /** @type {string[]} */
  const steps = [];
  for (let node = inner; node !== item && node.parentElement; node = node.parentElement) {
    const name = readable(node)[0];
    steps.unshift(name ? byClass(name) : node.tagName.toLowerCase());
  }
  return steps.length ? `:scope > ${steps.join(" > ")}` : "";
}

/**
 * Classes of which something can be read; a hash behind the last - or _ is cut off.
 * @param {Element} element
 * @returns {string[]}
 */
export function readable(element) {
  const out = [];
  for (const name of element.classList) {
    const start = name.replace(/(?:--?|__?)(?=[\w-]*\d)[a-z0-9]{4,}$/iu, "");
    if (start.length > 2 && !/^(?=.*\d)(?=.*[a-z])[a-z0-9]{5,}$/iu.test(start) && !looksRandom(start))
      out.push(start === name ? name : `${start}*`);
  }
  return out;
}

/** Class names of build tools have upper and lower case without sense, or no vowels. @param {string} name */
const looksRandom = (name) => name.length > 6 && !/[aeiou]/iu.test(name);

/** @param {string} name a readable class; `name*` where only its start is */
function byClass(name) {
  if (!name.endsWith("*")) return `.${CSS.escape(name)}`;
  return `[class*="${CSS.escape(name.slice(0, -1))}"]`;
}

/**
 * A selector for one element of the page: id, data attribute, role, class, else its way from
 * the nearest ancestor that has a name.
 * @param {Element} element
 * @returns {string}
 */
function selectorOf(element) {
  const root = /** @type {Document | ShadowRoot} */ (element.getRootNode());
  for (const own of ownSelectors(element)) if (root.querySelector(own) === element) return own;
  const parent = element.parentElement;
  const tag = element.tagName.toLowerCase();
  if (!parent) return tag;
  const place =
    [...parent.children].filter((child) => child.tagName === element.tagName).indexOf(element) + 1;
  return `${selectorOf(parent)} > ${tag}:nth-of-type(${place})`;
}

/** @param {Element} element @returns {string[]} */
function ownSelectors(element) {
  const out = [];
  if (element.id && !/\d{3,}/u.test(element.id)) out.push(`#${CSS.escape(element.id)}`);
  for (const { name, value } of element.attributes)
    if (/^data-(qa|test|cy|e2e|role|name)/u.test(name) && value) out.push(`[${name}="${CSS.escape(value)}"]`);
  const role = element.getAttribute("role");
  if (role) out.push(`[role="${CSS.escape(role)}"]`);
  out.push(...readable(element).map(byClass));
  if (/^(TEXTAREA|[A-Z]+-[A-Z-]+)$/u.test(element.tagName)) out.push(element.tagName.toLowerCase());
  if (element.hasAttribute("contenteditable")) out.push("[contenteditable]");
  return out;
}
