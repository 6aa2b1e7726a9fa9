/**
 * A site's adapter file as JSON: read, edited, checked, exported, set back.
 * @typedef {import("./page.js").Page} Page
 */

import { button } from "../panel/dom.js";
import { validateAdapter } from "../sites/registry.js";
import { readSettings, writeSettings } from "../worker/settings.js";

/**
 * @param {string} text
 * @param {import("../text.js").Translate} t
 * @returns {{adapter: Record<string, any> | null, problem: string}}
 */
function readAdapter(text, t) {
  let adapter;
  try {
    adapter = JSON.parse(text);
  } catch (error) {
    return { adapter: null, problem: t("adapter_json_broken", { error: String(error) }) };
  }
  const { ok, errors } = validateAdapter(adapter);
  if (ok) return { adapter, problem: "" };
  return { adapter: null, problem: t("adapter_invalid", { errors: errors.slice(0, 5).join("; ") }) };
}

/**
 * @param {Page} page
 * @param {import("../types.js").SiteEntry} entry
 * @param {string} name
 * @returns {HTMLElement}
 */
export function adapterEditor({ h, t, signal, settings, draw }, entry, name) {
  const area = h("textarea", {
    attrs: { rows: 18, spellcheck: "false", "aria-label": t("adapter_title", { name }) },
  });
  area.value = JSON.stringify(settings.adapters[entry.id] ?? entry.adapter ?? {}, null, 2);
  const said = h("p", { class: "said", attrs: { role: "status" } });

  const save = async () => {
    const { adapter, problem } = readAdapter(area.value, t);
    said.dataset.tone = problem ? "wrong" : "plain";
    said.textContent = problem;
    if (!adapter) return;
    const { adapters } = await readSettings();
    await writeSettings({ adapters: { ...adapters, [entry.id]: { ...adapter, id: entry.id } } });
    said.textContent = t("saved");
  };
  const reset = async () => {
    const { adapters } = await readSettings();
    delete adapters[entry.id];
    await writeSettings({ adapters });
    await draw();
  };
  const download = () => {
    const url = URL.createObjectURL(new Blob([area.value], { type: "application/json" }));
    h("a", { attrs: { href: url, download: `${entry.id}.json` } }).click();
    URL.revokeObjectURL(url);
  };
  const file = h("input", {
    attrs: { type: "file", accept: ".json,application/json", "aria-label": t("adapter_import") },
  });
  file.addEventListener(
    "change",
    async () => {
      const [chosen] = file.files ?? [];
      if (chosen) area.value = await chosen.text();
    },
    { signal },
  );
  const node = h(
    "div",
    { class: "editor" },
    h("h3", { text: t("adapter_title", { name }) }),
    h("p", { class: "hint", text: t("adapter_hint") }),
    area,
    said,
    h(
      "div",
      { class: "row" },
      button(h, { text: t("save"), class: "main", signal, onClick: save }),
      button(h, { text: t("adapter_export"), class: "plain", signal, onClick: download }),
      h("label", { class: "import" }, h("span", { text: t("adapter_import") }), file),
      entry.shipped !== false && button(h, { text: t("reset"), class: "plain", signal, onClick: reset }),
    ),
  );
  queueMicrotask(() => node.scrollIntoView({ block: "nearest" }));
  return node;
}
