/**
 * Where a panel over a page stands and how much of it shows, remembered for each site. By itself it
 * stands clear of reply box, send button and newest lines, and looks again when the page changes; where
 * somebody put it, it stays, but for the box.
 * @typedef {import("./context.js").Context} Context
 * @typedef {"pill" | "strip" | "full"} Mode
 */

import { onTrusted } from "./dom.js";
import { isPlainPress } from "./keys.js";
import { EDGE, freePlace, keptPlace } from "./room.js";

const STEP = 16;
/** Taller than this no list of replies has to be. */
const TALL = 760;

/**
 * @param {Context} ctx
 * @param {object} options
 * @param {HTMLElement} options.host
 * @param {HTMLElement} options.head drags
 * @param {HTMLElement} options.grip moves by arrow keys
 * @param {Mode} [options.mode] how it starts when nothing is remembered; by the room there is when left out
 * @param {boolean} options.floats
 * @param {(() => import("./room.js").Clear)} [options.keepClear] what must not be covered
 * @param {(mode: Mode) => void} options.onMode
 */
export function placeKeeper(ctx, { host, head, grip, mode, floats, keepClear, onMode }) {
  const { document, memory, site, signal } = ctx;
  const view = /** @type {Window} */ (document.defaultView);
  const key = `place:${site}`;
  /** @type {Mode} */
  let now = mode ?? (floats ? "strip" : "full");
  /** Where somebody put it. @type {{right: number, bottom: number} | null} */
  let chosen = null;
  let byRoom = floats && mode === undefined;
  let place = { right: EDGE * 2, bottom: EDGE * 2 };

  const draw = () => {
    if (!floats) return;
    const size = { width: view.innerWidth, height: view.innerHeight };
    const clear = keepClear?.() ?? { box: [], lines: [] };
    const found = chosen ? keptPlace(chosen, size, clear) : freePlace(size, clear);
    place = found;
    host.style.right = `${found.right}px`;
    host.style.bottom = `${found.bottom}px`;
    host.style.width = now === "pill" ? "" : `${found.width}px`;
    host.style.setProperty("--room", `${Math.min(found.room, TALL)}px`);
    // Beside the chat there is room for all of it; over it, for what is needed.
    if (byRoom) setMode(found.beside && found.room > TALL / 2 ? "full" : "strip", false);
  };
  const keep = () => memory.set(key, { mode: now, ...chosen });

  /** @param {Mode} next @param {boolean} [byPerson] */
  function setMode(next, byPerson = true) {
    if (byPerson) byRoom = false;
    const changed = next !== now || !host.dataset.mode;
    now = next;
    host.dataset.mode = next;
    onMode(next);
    if (changed && (byPerson || !byRoom)) draw();
    if (byPerson) keep();
  }

  /** @param {number} right @param {number} bottom */
  const moveTo = (right, bottom) => {
    chosen = { right, bottom };
    draw();
    chosen = { right: place.right, bottom: place.bottom };
  };

  if (floats) {
    const drag = { x: 0, y: 0, right: 0, bottom: 0, on: false, moved: false };
    onTrusted(
      head,
      "pointerdown",
      (event) => {
        if (event.button !== 0 || /** @type {Element} */ (event.target).closest("button")) return;
        Object.assign(drag, { x: event.clientX, y: event.clientY, ...place, on: true, moved: false });
        head.setPointerCapture(event.pointerId);
      },
      signal,
    );
    onTrusted(
      head,
      "pointermove",
      (event) => {
        if (!drag.on) return;
        drag.moved = true;
        moveTo(drag.right - (event.clientX - drag.x), drag.bottom - (event.clientY - drag.y));
      },
      signal,
    );
    for (const type of /** @type {const} */ (["pointerup", "pointercancel"])) {
      onTrusted(
        head,
        type,
        () => {
          if (drag.on && drag.moved) keep();
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
    if (kept?.right !== undefined) chosen = { right: kept.right, bottom: kept.bottom };
    if (floats && kept?.mode) byRoom = false;
    setMode(floats && kept?.mode ? kept.mode : now, false);
    draw();
  });
  return { setMode, mode: () => now, loaded, lookAgain: () => ctx.calm.when("place", draw) };
}
