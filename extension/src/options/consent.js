/**
 * The notice before a platform whose rules forbid plug-ins: quotes the clause, and records who
 * accepted it and when.
 * @typedef {import("./page.js").Page} Page
 */

import { button } from "../panel/dom.js";
import { askWorker } from "./page.js";

const CLAUSE = "快手 2.11";

/**
 * @param {Page} page
 * @param {import("../types.js").SiteEntry} entry
 * @returns {Promise<{who: string, at: string, clause: string} | null>} null when it was not accepted
 */
export function askConsent({ h, t, signal }, entry) {
  return new Promise((resolve) => {
    const who = h("input", {
      attrs: { id: "consent-who", type: "text", required: true, autocomplete: "off" },
    });
    const accept = h("button", { class: "plain", text: t("consent_accept"), attrs: { type: "submit" } });
    const form = h(
      "form",
      { attrs: { method: "dialog" } },
      h("h2", { text: t("consent_title"), attrs: { id: "consent-title" } }),
      h("blockquote", { text: t("consent_quote") }),
      h("p", { text: t("consent_plain") }),
      h(
        "div",
        { class: "field" },
        h("label", { text: t("consent_who"), attrs: { for: "consent-who" } }),
        who,
      ),
      h(
        "div",
        { class: "row" },
        button(h, { text: t("cancel"), class: "main", signal, onClick: () => dialog.close() }),
        accept,
      ),
    );
    const dialog = h("dialog", { attrs: { "aria-labelledby": "consent-title" } }, form);
    form.addEventListener(
      "submit",
      (event) => {
        event.preventDefault();
        const name = who.value.trim();
        if (!event.isTrusted || !name) return;
        const consent = { who: name, at: new Date().toISOString(), clause: CLAUSE };
        // Kept here and told to the server, where leads see it.
        const fields = { event: "consent", conversation_id: "", site: entry.id, text: CLAUSE, who: name };
        askWorker({ kind: "event", fields });
        resolve(consent);
        dialog.close();
      },
      { signal },
    );
    dialog.addEventListener(
      "close",
      () => {
        dialog.remove();
        resolve(null);
      },
      { signal },
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
