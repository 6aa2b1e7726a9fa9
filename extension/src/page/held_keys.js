/**
 * Keys that are pressed while a reply box is being filled: they would land in the midst of it.
 */

/**
 * Holds plain keys back until they are let go; Enter is dropped, for the page would send half of a text.
 * Combinations and what an input method composes are not held.
 * @param {Window} view
 * @returns {{take: () => string, letGo: () => void}} take: what was typed since the last time
 */
export function holdKeys(view) {
  let typed = "";
  /** @param {KeyboardEvent} event */
  const hear = (event) => {
    const combined = event.ctrlKey || event.altKey || event.metaKey;
    if (!event.isTrusted || event.isComposing || event.keyCode === 229 || combined) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.key === "Backspace") typed = [...typed].slice(0, -1).join("");
    else if ([...event.key].length === 1) typed += event.key;
  };
  view.addEventListener("keydown", hear, { capture: true });
  return {
    take: () => {
      const now = typed;
      typed = "";
      return now;
    },
    letGo: () => view.removeEventListener("keydown", hear, { capture: true }),
  };
}
