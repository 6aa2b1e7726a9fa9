/**
 * Brings the chat page of a tab and the side panel beside it together. Both have a port to the worker;
 * what one tells the other goes through here. One of a tab's frames holds the chat.
 * @typedef {chrome.runtime.Port} Port
 */

export const SIDE_PORT = "bangda-side";

/** Whether this browser has a side panel. */
export const hasSidePanel = () => typeof chrome.sidePanel !== "undefined";

/**
 * @param {{tell: (port: Port, message: any) => void}} options
 */
export function sideHub({ tell }) {
  /** Pages that have a panel, by tab. @type {Map<number, Port>} */
  const pages = new Map();
  /** The tab that a side panel shows. @type {Map<Port, number>} */
  const sides = new Map();

  /** @param {number} tab */
  const sideOf = (tab) => [...sides].find(([, at]) => at === tab)?.[0];
  /** @param {Port} port */
  const tabOf = (port) => port.sender?.tab?.id ?? -1;

  /** @param {number} tab */
  const tellPage = (tab) => {
    const page = pages.get(tab);
    if (page) tell(page, { kind: "side", open: sideOf(tab) !== undefined });
  };

  return {
    /** A page with a panel came. @param {Port} port */
    join: (port) => {
      const tab = tabOf(port);
      pages.set(tab, port);
      tellPage(tab);
      const side = sideOf(tab);
      if (side) tell(side, { kind: "page", there: true });
    },
    /** A port of either kind went. @param {Port} port */
    leave: (port) => {
      const watched = sides.get(port);
      sides.delete(port);
      if (watched !== undefined) tellPage(watched);
      const tab = tabOf(port);
      if (pages.get(tab) !== port) return;
      pages.delete(tab);
      const side = sideOf(tab);
      if (side) tell(side, { kind: "page", there: false });
    },
    /** A side panel shows another tab now. @param {Port} port @param {number} tab */
    watch: (port, tab) => {
      const before = sides.get(port);
      if (before === tab) return;
      sides.set(port, tab);
      if (before !== undefined) tellPage(before);
      tell(port, { kind: "page", there: pages.has(tab) });
      tellPage(tab);
    },
    /** The page that a side panel stands for. @param {Port} port */
    pageOf: (port) => pages.get(sides.get(port) ?? -1),
    /** @param {Port} port @param {any} body */
    relay: (port, body) => {
      const page = sides.has(port) ? pages.get(sides.get(port) ?? -1) : undefined;
      const side = page ? undefined : sideOf(tabOf(port));
      const other = page ?? side;
      if (other) tell(other, { kind: "body", body });
    },
  };
}
