/**
 * What the sections of the options page share.
 * @typedef {object} Page
 * @property {import("../panel/dom.js").MakeNode} h
 * @property {import("../text.js").Translate} t
 * @property {AbortSignal} signal ends when the page is drawn anew
 * @property {import("../worker/settings.js").Settings} settings
 * @property {string} locale
 * @property {() => Promise<void>} draw draws the page anew from what is stored
 */

/**
 * A request to the service worker.
 * @param {Record<string, unknown>} message
 * @returns {Promise<any>} rejects with a LinkError
 */
export async function askWorker(message) {
  const { value, error } = await chrome.runtime.sendMessage(message);
  if (error) throw Object.assign(new Error(error.message), { code: error.code });
  return value;
}

/**
 * A field with its label above and a hint below.
 * @param {Page} page
 * @param {{id: string, label: string, value?: string, hint?: string, attrs?: Record<string, string>}} options
 */
export function labelled({ h }, { id, label, value = "", hint, attrs = {} }) {
  const input = h("input", {
    attrs: { id, type: "text", autocomplete: "off", spellcheck: "false", ...attrs },
  });
  input.value = value;
  if (hint) input.setAttribute("aria-describedby", `${id}-hint`);
  const node = h(
    "div",
    { class: "field" },
    h("label", { text: label, attrs: { for: id } }),
    input,
    hint && h("p", { class: "hint", text: hint, attrs: { id: `${id}-hint` } }),
  );
  return { node, input };
}

/**
 * A choice of a few.
 * @param {Page} page
 * @param {{id: string, label: string, value: string, choices: [string, string][], onChange: (value: string) => void}} options
 */
export function chosen({ h, signal }, { id, label, value, choices, onChange }) {
  const select = h("select", { attrs: { id } });
  for (const [key, words] of choices) select.append(h("option", { text: words, attrs: { value: key } }));
  select.value = value;
  select.addEventListener("change", (event) => event.isTrusted && onChange(select.value), { signal });
  return h("div", { class: "field" }, h("label", { text: label, attrs: { for: id } }), select);
}
