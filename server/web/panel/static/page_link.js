/**
 * The line to the server from a page that the server itself serves: the session cookie buys a
 * ticket for each socket.
 */

import { linkError, socketLink } from "/assets/extension/src/link.js";

/**
 * @param {{shop: string, client: string}} options
 * @returns {import("/assets/extension/src/link.js").SocketLink}
 */
export function pageLink({ shop, client }) {
  return socketLink({
    hello: async () => {
      const response = await fetch("/api/v1/ticket", { method: "POST" });
      if (response.status === 401 || response.status === 403) throw linkError("revoked");
      if (!response.ok) throw linkError("away", `status ${response.status}`);
      const { ticket } = await response.json();
      const scheme = location.protocol === "https:" ? "wss" : "ws";
      return { url: `${scheme}://${location.host}/live`, token: ticket, client, shop };
    },
  });
}

/**
 * What the panel remembers, in this browser: place, favourites. Never a shopper's words.
 * @returns {import("/assets/extension/src/types.js").Memory}
 */
export function pageMemory() {
  const name = (/** @type {string} */ key) => `bangda:${key}`;
  return {
    get: async (key) => JSON.parse(localStorage.getItem(name(key)) ?? "null") ?? undefined,
    set: async (key, value) => localStorage.setItem(name(key), JSON.stringify(value)),
  };
}
