/**
 * Where the server is, and pairing with it by a one-time code.
 * @typedef {import("./page.js").Page} Page
 */

import { button } from "../panel/dom.js";
import { writeSettings } from "../worker/settings.js";
import { askWorker, chosen, labelled } from "./page.js";

/** Problems of pairing that have words of their own. */
const PROBLEMS = new Set(["address", "away", "code", "tries", "server"]);

/** @param {Page} page @returns {HTMLElement} */
export function serverSection(page) {
  const { h, t, signal, settings } = page;
  const { server } = settings;
  const address = labelled(page, { id: "address", label: t("address"), value: server.address });
  const code = labelled(page, { id: "code", label: t("pairing_code"), attrs: { class: "code" } });
  const device = labelled(page, { id: "device", label: t("device_name"), hint: t("device_name_hint") });
  const said = h("p", { class: "said", attrs: { role: "status" } });

  const pair = async () => {
    said.dataset.tone = "plain";
    said.textContent = t("pairing");
    const wish = { address: address.input.value, code: code.input.value, name: device.input.value.trim() };
    try {
      await askWorker({ kind: "pair", ...wish });
      await page.draw();
    } catch (/** @type {any} */ error) {
      said.dataset.tone = "wrong";
      said.textContent = t(`pair_${PROBLEMS.has(error.code) ? error.code : "server"}`);
    }
  };
  const form = h(
    "form",
    { class: "pairing" },
    h("div", { class: "row" }, address.node, code.node, device.node),
    h("button", { class: "main", text: t("pair"), attrs: { type: "submit" } }),
    said,
  );
  form.addEventListener(
    "submit",
    (event) => {
      event.preventDefault();
      if (event.isTrusted) pair();
    },
    { signal },
  );
  return h(
    "section",
    {},
    h("h2", { text: t("options_server") }),
    server.token ? paired(page) : h("p", { class: "hint", text: t("options_server_hint") }),
    server.token ? null : form,
  );
}

/** @param {Page} page */
function paired(page) {
  const { h, t, signal, settings, draw } = page;
  const { address, agent = "", shop = "", shops = [] } = settings.server;
  const state = h("span", { class: "state", attrs: { role: "status" } });
  askWorker({ kind: "state" }).then(({ status }) => {
    state.textContent = status === "revoked" ? t("state_revoked") : "";
  });
  const unpair = async () => {
    await writeSettings({ server: { address } });
    await draw();
  };
  const choices = /** @type {[string, string][]} */ (shops.map(({ id, name }) => [id, name]));
  const choose = (/** @type {string} */ id) => writeSettings({ server: { ...settings.server, shop: id } });
  return h(
    "div",
    { class: "paired" },
    h("strong", { text: t("paired_as", { agent }) }),
    h("span", { class: "hint", text: address }),
    shops.length > 1 &&
      chosen(page, { id: "shop", label: t("shop"), value: shop, choices, onChange: choose }),
    shops.length === 1 && h("span", { text: shops[0].name }),
    button(h, { text: t("unpair"), class: "plain", signal, onClick: unpair }),
    state,
  );
}
