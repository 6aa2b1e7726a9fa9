/**
 * Pairing with a server by the one-time code that it shows, and where its socket is.
 */

import { linkError } from "../link.js";

/**
 * The origin in what an agent typed: `127.0.0.1:8765`, `http://shop-pc:8765/panel` …
 * @param {string} typed
 * @returns {string}
 * @throws {import("../types.js").LinkError} `address` when it is none
 */
function serverOrigin(typed) {
  const text = typed.trim();
  const url = URL.parse(/^https?:\/\//i.test(text) ? text : `http://${text}`);
  if (!url?.hostname || !/^https?:$/.test(url.protocol)) throw linkError("address", `no address: ${typed}`);
  return url.origin;
}

/**
 * @param {string} address origin
 * @returns {string}
 */
export const socketUrl = (address) => `${address.replace(/^http/, "ws")}/live`;

/**
 * @param {string} typed address
 * @param {string} code as shown by the server; spaces and dashes do not count
 * @param {string} name what the lead sees this browser called
 * @returns {Promise<import("./settings.js").ServerPairing>}
 * @throws {import("../types.js").LinkError} `address`, `away` (nothing answers there), `code`
 *   (wrong or used), `server` (something else answers)
 */
export async function pair(typed, code, name) {
  const address = serverOrigin(typed);
  let response;
  try {
    response = await fetch(`${address}/api/v1/pair`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ code: code.replace(/[\s-]/g, ""), name }),
    });
  } catch (error) {
    throw linkError("away", String(error));
  }
  if (response.status === 429) throw linkError("tries");
  if (response.status >= 400 && response.status < 404) throw linkError("code", `status ${response.status}`);
  if (!response.ok) throw linkError("server", `status ${response.status}`);
  const { token, agent, role, shop, shops = [] } = await response.json();
  if (typeof token !== "string") throw linkError("server", "the answer holds no token");
  // An account for all shops starts with the first; the options page changes that.
  return { address, token, agent, role, shop: shop || (shops[0]?.id ?? ""), shops };
}
