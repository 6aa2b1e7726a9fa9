/**
 * Shows a newcomer what happens to a wording that breaks the rules: a draft that an agent might write
 * stands in the reply box for a while. Whoever does anything in the page first is left alone.
 */

/** So long after the first message there is something to look at, in milliseconds. */
const AFTER_MS = 3500;

/**
 * @param {object} options
 * @param {HTMLTextAreaElement} options.box
 * @param {HTMLElement} options.hint
 * @param {string} options.text
 * @param {(text: string) => void} options.show
 */
export function showRisk({ box, hint, text, show }) {
  const life = new AbortController();
  const stop = () => life.abort();
  for (const type of ["keydown", "pointerdown"]) {
    document.addEventListener(type, (event) => event.isTrusted && stop(), {
      signal: life.signal,
      capture: true,
    });
  }
  const timer = setTimeout(() => {
    stop();
    if (box.value !== "") return;
    show(text);
    hint.hidden = false;
    const end = new AbortController();
    box.addEventListener(
      "input",
      () => {
        hint.hidden = true;
        end.abort();
      },
      { signal: end.signal },
    );
  }, AFTER_MS);
  life.signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
}
