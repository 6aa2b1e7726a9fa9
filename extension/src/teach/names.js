/**
 * Names on a page that last: readable classes, attributes by their name, components' tags. Never a
 * value with digits, which is an id or a time, and never what only says how a line stands just now.
 */

/** Words that tell two sides apart; which is which the page itself shows. */
const SIDES =
  /^(me|my|mine|own|self|myself|right|out|outgoing|outbound|sent|from|agent|seller|merchant|staff|service|kefu|cs|operator|user|current|them|their|theirs|other|others|left|in|incoming|inbound|received|buyer|customer|shopper|client|guest|visitor|contact|peer|opposite|bot|assistant|ai|you|start|end|reverse|role|owner|direction|position|side|inversed|reply|local|remote|host|sender|receiver)$/u;

/** Words that stand against each other. */
const PAIRS = [
  [/^(me|my|mine|own|self|myself)$/u, /^(them|their|theirs|other|others|peer|opposite|you)$/u],
  [/^(right|end)$/u, /^(left|start)$/u],
  [/^(out|outgoing|outbound)$/u, /^(in|incoming|inbound)$/u],
  [/^sent$/u, /^received$/u],
  [/^sender$/u, /^receiver$/u],
  [/^local$/u, /^remote$/u],
  [/^host$/u, /^guest$/u],
  [/^user$/u, /^(bot|assistant|ai)$/u],
  [
    /^(agent|seller|merchant|staff|service|kefu|cs|operator)$/u,
    /^(buyer|customer|shopper|client|guest|visitor|contact|user)$/u,
  ],
];

/** Words that say how a line stands, which the next moment or the next load changes. */
const STATES =
  /^(delay\w*|pend\w*|sending|read|unread|seen|fail\w*|error|select\w*|hover\w*|activ\w*|focus\w*|first|last|single|middle|top|bottom|group\w*|continu\w*|consecutive|previous|next|new|highlight\w*|edit\w*|load\w*|visib\w*|hidden|show\w*|odd|even|anim\w*|enter\w*|leav\w*|stream\w*|tail|deliver\w*|status|success|latest|final|done|appear\w*|fade\w*|slide\w*|transition\w*|mounted|ready|time\w*|date\w*|today|no|with|has|is)$/u;

/** @param {string} name @returns {string[]} its words: by - and _, and by upper case */
const wordsIn = (name) =>
  name
    .replace(/([a-z\d])([A-Z])/gu, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/u)
    .filter(Boolean);

/** Whether a name speaks of sides. @param {string} name */
export const isSided = (name) => wordsIn(name).some((word) => SIDES.test(word));

/**
 * Whether two names are one but for a word each, and those stand against each other.
 * @param {string} one @param {string} other
 */
export function areOpposite(one, other) {
  const [a, b] = [wordsIn(one), wordsIn(other)];
  const differ = a.flatMap((word, i) => (word === b[i] ? [] : [[word, b[i] ?? ""]]));
  if (a.length !== b.length || differ.length !== 1) return false;
  const [[x, y]] = differ;
  return PAIRS.some(([p, q]) => (p.test(x) && q.test(y)) || (q.test(x) && p.test(y)));
}

/** Whether a name only says how a line stands. @param {string} name */
const isState = (name) => !isSided(name) && wordsIn(name).some((word) => STATES.test(word));

/** Class names of build tools have upper and lower case without sense, or no vowels. @param {string} name */
const looksRandom = (name) => name.length > 6 && !/[aeiou]/iu.test(name);

/**
 * Classes of which something can be read; a hash behind the last - or _ is cut off.
 * @param {Element} element
 * @returns {string[]} `name*` where only the start of one lasts
 */
export function readable(element) {
  const out = [];
  for (const name of element.classList) {
    const start = name.replace(/(?:--?|__?)(?=[\w-]*\d)[a-z0-9]{4,}$/iu, "");
    const least = isSided(start) ? 2 : 3;
    if (start.length < least || /^(?=.*\d)(?=.*[a-z])[a-z0-9]{5,}$/iu.test(start)) continue;
    if (/\d{3,}|[^\w-]/u.test(start) || looksRandom(start)) continue;
    out.push(start === name ? name : `${start}*`);
  }
  return out;
}

/** @param {string} name a readable class; `name*` where only its start is */
export function byClass(name) {
  if (!name.endsWith("*")) return `.${CSS.escape(name)}`;
  return `[class*="${CSS.escape(name.slice(0, -1))}"]`;
}

/** Attributes whose values are free text, addresses or the framework's own. */
const FREE =
  /^(class|id|style|href|src|srcset|alt|title|name|for|key|tabindex|lang|aria-.*|on.*|data-v-.*|data-reactroot|contenteditable|draggable)$/u;

/**
 * What an element says of itself and would say tomorrow, as selectors.
 * @param {Element} element
 * @returns {{css: string, sided: boolean}[]}
 */
export function marksOf(element) {
  const out = readable(element)
    .filter((name) => !isState(name))
    .map((name) => ({ css: byClass(name), sided: isSided(name) }));
  for (const { name, value } of element.attributes) {
    if (FREE.test(name) || isState(name) || /\d/u.test(name)) continue;
    // Of values only those are kept that are a side themselves, or yes and no.
    const word = /^[a-z][a-z_-]{1,15}$/iu.test(value) && (isSided(value) || /^(true|false)$/u.test(value));
    const sided = isSided(name) || isSided(value);
    if (word && sided) out.push({ css: `[${name}="${CSS.escape(value)}"]`, sided });
    else if (value === "" || isSided(name)) out.push({ css: `[${name}]`, sided: isSided(name) });
  }
  const tag = element.localName;
  if (tag.includes("-")) out.push({ css: tag, sided: isSided(tag) });
  return out;
}

/**
 * A selector for one element of the page: id, data attribute, role, class, else its way from
 * the nearest ancestor that has a name.
 * @param {Element} element
 * @returns {string}
 */
export function selectorOf(element) {
  const root = /** @type {Document | ShadowRoot} */ (element.getRootNode());
  for (const own of ownSelectors(element)) if (root.querySelector(own) === element) return own;
  const parent = element.parentElement;
  const tag = element.localName;
  if (!parent) return tag;
  const place =
    [...parent.children].filter((child) => child.tagName === element.tagName).indexOf(element) + 1;
  return `${selectorOf(parent)} > ${tag}:nth-of-type(${place})`;
}

/** @param {Element} element @returns {string[]} */
function ownSelectors(element) {
  const out = [];
  if (element.id && !/\d{2,}|:/u.test(element.id)) out.push(`#${CSS.escape(element.id)}`);
  for (const { name, value } of element.attributes)
    if (/^data-(qa|test|cy|e2e|role|name)/u.test(name) && value && !/\d/u.test(value))
      out.push(`[${name}="${CSS.escape(value)}"]`);
  const role = element.getAttribute("role");
  if (role) out.push(`[role="${CSS.escape(role)}"]`);
  out.push(
    ...readable(element)
      .filter((name) => !isState(name))
      .map(byClass),
  );
  if (/^(textarea|[a-z]+-[a-z-]+)$/u.test(element.localName)) out.push(element.localName);
  if (element.hasAttribute("contenteditable")) out.push("[contenteditable]");
  return out;
}
