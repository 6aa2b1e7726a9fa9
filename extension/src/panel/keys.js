/**
 * Keys of the panel. Combinations are written as modifiers and `event.code`, e.g. `Alt+KeyS`: on
 * a Mac Alt changes `event.key`, never `event.code`.
 * @typedef {import("../types.js").KeyMap} KeyMap
 */

/** @type {KeyMap} */
export const DEFAULT_KEYS = Object.freeze({
  pick: "Alt",
  focus: "Alt+KeyQ",
  search: "Alt+KeyS",
  fold: "Alt+KeyW",
  next: "Alt+KeyN",
  request: "Alt+KeyA",
});

/** Keys of the seller pages and of the browser, which stay theirs. */
const TAKEN_KEYS = Object.freeze([
  "Ctrl+KeyF",
  "Alt+KeyF",
  "Ctrl+KeyR",
  "Alt+KeyR",
  "Ctrl+Alt+KeyX",
  "Alt+KeyD",
  "Alt+KeyE",
  "Ctrl+KeyT",
  "Ctrl+KeyW",
  "Ctrl+KeyN",
]);

/** Modifiers that may go with a digit. Ctrl alone switches browser tabs. */
export const PICK_MODIFIERS = Object.freeze(["Alt", "Alt+Shift", "Ctrl+Alt"]);

/**
 * @param {KeyboardEvent} event
 * @returns {string} "Ctrl+Alt" …; "" without a modifier
 */
export function modifiersOf(event) {
  const held = [
    event.ctrlKey && "Ctrl",
    event.altKey && "Alt",
    event.shiftKey && "Shift",
    event.metaKey && "Meta",
  ];
  return held.filter(Boolean).join("+");
}

/**
 * @param {KeyboardEvent} event
 * @returns {string} "Alt+KeyS"
 */
export function comboOf(event) {
  const held = modifiersOf(event);
  return held ? `${held}+${event.code}` : event.code;
}

/**
 * How people read a combination: "Alt+S", "Alt+1–9".
 * @param {string} combo
 * @returns {string}
 */
export const spoken = (combo) => combo.replace(/Key|Digit/, "");

/**
 * The digit of a key press, from the row or the number pad; 0 for none.
 * @param {KeyboardEvent} event
 * @returns {number}
 */
export function digitOf(event) {
  const [, digit] = /^(?:Digit|Numpad)([1-9])$/.exec(event.code) ?? [];
  return digit ? Number(digit) : 0;
}

/**
 * Whether a press is a person's and not part of an IME's composition (229: composition keys of
 * browsers that send no isComposing).
 * @param {KeyboardEvent} event
 * @returns {boolean}
 */
export const isPlainPress = (event) => event.isTrusted && !event.isComposing && event.keyCode !== 229;

/**
 * Why `combo` cannot be used for `action`; "" when it can.
 * @param {string} action
 * @param {string} combo
 * @param {KeyMap} keys
 * @returns {"" | "taken" | "twice" | "bare"}
 */
export function comboProblem(action, combo, keys) {
  if (TAKEN_KEYS.includes(combo)) return "taken";
  if (!/^(Ctrl|Alt|Meta)/.test(combo)) return "bare";
  const others = Object.entries(keys).filter(([name]) => name !== action && name !== "pick");
  return others.some(([, other]) => other === combo) ? "twice" : "";
}
