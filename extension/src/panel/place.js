/**
 * Where a floating panel stands and how much of it shows, remembered for each site. Kept as
 * distances from the right and bottom edge, so that it stays in reach when the window changes.
 * @typedef {import("./context.js").Context} Context
 * @typedef {"pill" | "strip" | "full"} Mode
 */

import { onTrusted } from "./dom.js";
import { isPlainPress } from "./keys.js";

const EDGE = 8;
const STEP = 16;
const WIDTH = 380;
const LEAST_ROOM = 160;

/**
 * @param {{right: number, bottom: number}} place
 * @param {{width: number, height: number}} view
 * @returns {{right: number, bottom: number}} within the view
 */
export function clampPlace({ right, bottom }, { width, height }) {
  const most = (/** @type {number} */ room) => Math.max(EDGE, room);
  return {
    right: Math.min(Math.max(EDGE, right), most(width - Math.min(WIDTH, width) - EDGE)),
    bottom: Math.min(Math.max(EDGE, bottom), most(height - LEAST_ROOM)),
  };
}

/**
 * @param {Context} ctx
 * @param {object} options
 * @param {HTMLElement} options.host
 * @param {HTMLElement} options.head drags
 * @param {HTMLElement} options.grip moves by arrow keys
 * @param {Mode} options.mode
 * @param {boolean} options.floats
 * @param {(() => Element | null)} [options.anchor]
 * @param {(mode: Mode) => void} options.onMode
 */
export function placeKeeper(ctx, { host, head, grip, mode, floats, anchor, onMode }) {
  const { document, memory, site, signal } = ctx;
  const view = /** @type {Window} */ (document.defaultView);
  const key = `place:${site}`;
  let now = mode;
  let place = { right: EDGE * 2, bottom: EDGE * 2 };
  let moved = false;

  const size = () => ({ width: view.innerWidth, height: view.innerHeight });
  const draw = () => {
    if (!floats) return;
    const { right, bottom } = clampPlace(place, size());
    host.style.right = `${right}px`;
    host.style.bottom = `${bottom}px`;
    host.style.setProperty("--room", `${view.innerHeight - bottom - EDGE}px`);
  };
  const keep = () => memory.set(key, { mode: now, ...(moved && place) });

  /** @param {Mode} next @param {boolean} [byPerson] */
  const setMode = (next, byPerson = true) => {
    now = next;
    host.dataset.mode = next;
    onMode(next);
    draw();
    if (byPerson) keep();
  };

  const byAnchor = () => {
    const box = anchor?.()?.getBoundingClientRect();
    if (!box || box.width === 0) return;
    place = { right: view.innerWidth - box.right + EDGE, bottom: view.innerHeight - box.top + EDGE };
  };

  /** @param {number} right @param {number} bottom */
  const moveTo = (right, bottom) => {
    moved = true;
    place = clampPlace({ right, bottom }, size());
    draw();
  };

  if (floats) {
    const drag = { x: 0, y: 0, right: 0, bottom: 0, on: false };
    onTrusted(
      head,
      "pointerdown",
      (event) => {
        if (event.button !== 0 || /** @type {Element} */ (event.target).closest("button")) return;
        Object.assign(drag, { x: event.clientX, y: event.clientY, ...clampPlace(place, size()), on: true });
        head.setPointerCapture(event.pointerId);
      },
      signal,
    );
    onTrusted(
      head,
      "pointermove",
      (event) => {
        if (drag.on) moveTo(drag.right - (event.clientX - drag.x), drag.bottom - (event.clientY - drag.y));
      },
      signal,
    );
    for (const type of /** @type {const} */ (["pointerup", "pointercancel"])) {
      onTrusted(
        head,
        type,
        () => {
          if (drag.on && moved) keep();
          drag.on = false;
        },
        signal,
      );
    }
    onTrusted(
      grip,
      "keydown",
      (event) => {
        const by = {
          ArrowLeft: [STEP, 0],
          ArrowRight: [-STEP, 0],
          ArrowUp: [0, STEP],
          ArrowDown: [0, -STEP],
        }[event.key];
        if (!by || !isPlainPress(event)) return;
        event.preventDefault();
        moveTo(place.right + by[0], place.bottom + by[1]);
        keep();
      },
      signal,
    );
    view.addEventListener("resize", draw, { signal });
  }

  const loaded = memory.get(key).then((kept) => {
    if (kept?.right !== undefined) {
      moved = true;
      place = { right: kept.right, bottom: kept.bottom };
    } else byAnchor();
    setMode(floats && kept?.mode ? kept.mode : now, false);
  });
  return { setMode, mode: () => now, loaded };
}
