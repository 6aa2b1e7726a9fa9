/**
 * Finds the lines of a thread again by content and place, where the page gives no ids.
 */

/** How many remembered lines may have vanished between two that are found again. */
const GAP = 6;

/**
 * Where the end of `old` lies in `now`. A fit that uses up one of the two from its start
 * counts before any other; then the longer one, then the one that reaches the start of both.
 * @param {string[]} now
 * @param {string[]} old
 * @returns {{at: number, length: number, whole: boolean}} place of the last common line in `now`, -1 for none
 */
export function longestFit(now, old) {
  let best = { at: -1, length: 0, whole: false, score: 0 };
  for (let at = now.length - 1; at >= 0; at--) {
    let length = 0;
    while (length <= at && length < old.length && now[at - length] === old[old.length - 1 - length]) length++;
    const whole = length > 0 && (length === at + 1 || length === old.length);
    const both = length === at + 1 && length === old.length;
    if (!whole && length < 2) continue;
    const score = length + (whole ? 1e6 : 0) + (both ? 0.5 : 0);
    if (score > best.score) best = { at, length, whole, score };
  }
  return { at: best.at, length: best.length, whole: best.whole };
}

/**
 * For every line of `now` its place in `old`, or -1. `anchors` holds the places that are
 * certain already; the rest follows from the order.
 * @param {string[]} now
 * @param {string[]} old
 * @param {number[]} anchors one a line of `now`, -1 for none
 * @returns {number[]}
 */
export function placesOf(now, old, anchors) {
  const last = anchors.findLastIndex((place) => place >= 0);
  if (last < 0) return placesByFit(now, old);
  const places = [...anchors];
  let place = places[last];
  for (let i = last + 1; i < now.length; i++) {
    const found = old.indexOf(now[i], place + 1);
    if (found >= 0 && found <= place + GAP) {
      places[i] = found;
      place = found;
    }
  }
  place = places[last];
  for (let i = last - 1; i >= 0; i--) {
    if (places[i] < 0) {
      const found = place > 0 ? old.lastIndexOf(now[i], place - 1) : -1;
      if (found >= place - GAP && found >= 0) places[i] = found;
    }
    if (places[i] >= 0) place = places[i];
  }
  return places;
}

/** @param {string[]} now @param {string[]} old */
function placesByFit(now, old) {
  const { at, length } = longestFit(now, old);
  return now.map((_, i) => (i <= at && i > at - length ? old.length - 1 - (at - i) : -1));
}

/**
 * A short, stable name for a text (FNV-1a, twice); no secret.
 * @param {string} value
 */
export function hash(value) {
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (let i = 0; i < value.length; i++) {
    low = Math.imul(low ^ value.charCodeAt(i), 0x01000193);
    high = Math.imul(high ^ value.charCodeAt(i), 0x85ebca6b);
  }
  return `h${(low >>> 0).toString(36)}${((high >>> 0) & 0x1fffff).toString(36)}`;
}
