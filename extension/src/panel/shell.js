/**
 * The panel's outer node: a shadow root with the sheets, away from the page's styles and keys.
 */

/** The tokens last: `all: initial` on the host would take their color-scheme back. */
const SHEETS = [
  "panel.css",
  "cards.css",
  "goods.css",
  "images.css",
  "shopper.css",
  "to_do.css",
  "tokens.css",
];

/**
 * Sheets are fetched and constructed, not linked: a page's `style-src` does not bind these. Each
 * document needs its own (a picture-in-picture window does not take another document's).
 * @param {Document} document
 * @param {ShadowRoot} root
 */
async function dress(document, root) {
  const view = /** @type {Window & typeof globalThis} */ (document.defaultView);
  root.adoptedStyleSheets = await Promise.all(
    SHEETS.map(async (name) => {
      const response = await fetch(new URL(name, import.meta.url));
      if (!response.ok) throw new Error(`${name}: status ${response.status}`);
      const sheet = new view.CSSStyleSheet();
      sheet.replaceSync(await response.text());
      return sheet;
    }),
  );
}

/**
 * @param {object} options
 * @param {Document} options.document
 * @param {Element} [options.container]
 * @param {"auto" | "light" | "dark"} options.theme
 * @param {AbortSignal} options.signal
 * @returns {{host: HTMLElement, root: ShadowRoot, dressed: Promise<void>, setTheme: (theme: "auto" | "light" | "dark") => void}}
 */
export function makeShell({ document, container, theme, signal }) {
  const host = document.createElement("bangda-panel");
  const root = host.attachShadow({ mode: "open", delegatesFocus: false });
  host.dataset.layout = container ? "fill" : "float";
  /** @param {"auto" | "light" | "dark"} now */
  const setTheme = (now) => {
    if (now === "auto") delete host.dataset.theme;
    else host.dataset.theme = now;
  };
  setTheme(theme);
  // Unstyled nodes must not flash over the page.
  host.style.visibility = "hidden";
  (container ?? document.documentElement).append(host);
  // The page's own shortcuts must not fire for what is typed here.
  for (const type of ["keydown", "keyup", "keypress", "paste", "copy", "cut", "beforeinput", "input"]) {
    host.addEventListener(type, (event) => event.stopPropagation(), { signal });
  }
  signal.addEventListener("abort", () => host.remove(), { once: true });
  const dressed = dress(document, root).then(() => {
    host.style.removeProperty("visibility");
  });
  return { host, root, dressed, setTheme };
}
