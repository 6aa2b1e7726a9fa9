/**
 * Where a panel over a page stands clear of what an agent needs: reply box, send button, newest
 * lines, the list of conversations. Pure geometry, in pixels of the window.
 * @typedef {{left: number, top: number, right: number, bottom: number}} Rect
 * @typedef {{right: number, bottom: number, width: number, room: number, beside: boolean}} Place distances of
 *   the panel's right and lower edge from the window's; `room` is how tall it may be; `beside`: it
 *   stands beside the chat and not over it
 * @typedef {object} Clear
 * @property {Rect[]} box must stay free
 * @property {Rect[]} lines stay free where that leaves room
 * @property {Rect[]} [rows] stay free where that leaves good room: who waits is in the panel too
 */

export const EDGE = 8;
export const WIDTH = 380;
const NARROW = 300;
/** Enough for three replies in one line each. */
const LEAST_ROOM = 160;

/** Enough for the open card and two more replies: the list of conversations stays free for no less. */
const GOOD_ROOM = 320;

/** So many pixels of height it is worth that nothing of the chat is ever beneath the panel. */
const BESIDE = 200;

/** @param {Rect} a @param {Rect} b */
export const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/**
 * The tallest span of the window's height that no rectangle crosses between `left` and `right`.
 * @param {number} left @param {number} right @param {Rect[]} rects
 * @param {{width: number, height: number}} view
 * @returns {{top: number, bottom: number}}
 */
function tallest(left, right, rects, { height }) {
  const crossing = rects
    .filter((rect) => rect.left < right + EDGE && rect.right > left - EDGE)
    .sort((a, b) => a.top - b.top);
  let best = { top: EDGE, bottom: EDGE };
  let top = EDGE;
  for (const rect of [...crossing, { top: height, bottom: height }]) {
    const bottom = Math.min(height, rect.top) - EDGE;
    if (bottom - top > best.bottom - best.top) best = { top, bottom };
    top = Math.max(top, rect.bottom + EDGE);
  }
  return best;
}

/**
 * The best place for a panel: tall, as wide as it likes to be, and to the right when that is equal.
 * @param {{width: number, height: number}} view
 * @param {Clear} clear
 * @param {number} [wanted] height from which more is not better
 * @returns {Place}
 */
export function freePlace(view, clear, wanted = 360) {
  const chat = [...clear.box, ...clear.lines];
  const besideAll = clear.rows?.length ? bestOf(view, [...chat, ...clear.rows], clear, wanted) : null;
  if (besideAll && besideAll.room >= GOOD_ROOM) return besideAll;
  return bestOf(view, chat, clear, wanted) ?? bestOf(view, clear.box, clear, wanted) ?? corner(view);
}

/** @param {{width: number, height: number}} view @returns {Place} */
const corner = (view) => ({
  right: EDGE,
  bottom: Math.max(EDGE, view.height - LEAST_ROOM - EDGE),
  width: Math.min(WIDTH, view.width - 2 * EDGE),
  room: Math.min(LEAST_ROOM, view.height - 2 * EDGE),
  beside: false,
});

/**
 * @param {{width: number, height: number}} view
 * @param {Rect[]} rects
 * @param {Clear} clear
 * @param {number} wanted
 * @returns {Place | null}
 */
function bestOf(view, rects, clear, wanted) {
  /** @type {Place | null} */
  let best = null;
  let most = 0;
  for (const width of [WIDTH, NARROW]) {
    const wide = Math.min(width, view.width - 2 * EDGE);
    const lefts = [view.width - wide - EDGE, ...rects.map(({ right }) => right + EDGE)];
    lefts.push(EDGE, ...rects.map(({ left }) => left - wide - EDGE));
    for (const left of lefts) {
      if (left < EDGE || left + wide > view.width - EDGE) continue;
      const { top, bottom } = tallest(left, left + wide, rects, view);
      if (bottom - top < LEAST_ROOM) continue;
      const strip = { left, right: left + wide, top: 0, bottom: view.height };
      const beside = ![...clear.box, ...clear.lines].some((rect) => meet(rect, strip));
      // A narrow panel, one at the left or over the chat has to be clearly taller to be the better one.
      const liked = (160 * left) / view.width + (beside && bottom - top >= GOOD_ROOM ? BESIDE : 0);
      const worth = Math.min(wanted, bottom - top) - (width === NARROW ? 120 : 0) + liked;
      if (worth <= most) continue;
      most = worth;
      best = {
        right: view.width - left - wide,
        bottom: view.height - bottom,
        width: wide,
        room: bottom - top,
        beside,
      };
    }
  }
  return best;
}

/**
 * A place that somebody chose, kept within the window and off the reply box: it gives way upwards,
 * else to wherever there is room.
 * @param {{right: number, bottom: number}} chosen
 * @param {{width: number, height: number}} view
 * @param {Clear} clear
 * @returns {Place}
 */
export function keptPlace(chosen, view, clear) {
  const width = Math.min(WIDTH, view.width - 2 * EDGE);
  const right = Math.min(Math.max(EDGE, chosen.right), Math.max(EDGE, view.width - width - EDGE));
  const left = view.width - right - width;
  const crossing = clear.box.filter((rect) => rect.left < left + width && rect.right > left);
  const lowest = view.height - Math.max(EDGE, Math.min(chosen.bottom, view.height - LEAST_ROOM - EDGE));
  // Below what is in the way there may be room as well: then it stays there.
  const under = crossing.filter((rect) => rect.bottom <= lowest - LEAST_ROOM);
  const over = crossing.filter((rect) => rect.bottom > lowest - LEAST_ROOM);
  const bottom = Math.min(lowest, ...over.map(({ top }) => top - EDGE));
  const top = Math.max(EDGE, ...under.map((rect) => rect.bottom + EDGE));
  if (bottom - top < LEAST_ROOM) return freePlace(view, clear);
  return { right, bottom: view.height - bottom, width, room: bottom - top, beside: false };
}
