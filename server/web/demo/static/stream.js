/**
 * Shoppers' messages coming in at a pace, until paused.
 */

/** Between two messages, in milliseconds. */
export const PACES = Object.freeze({ slow: 12_000, normal: 6_000, fast: 2_000 });

/**
 * @typedef {{shop: string, shopper: string, text: string, product?: string}} StreamLine
 */

/**
 * @param {{lines: () => StreamLine[], onLine: (line: StreamLine, round: number) => void, onState: (running: boolean) => void}} options
 *   `round` counts how often the stream began anew: its shoppers are new people then
 */
export function messageStream({ lines, onLine, onState }) {
  let at = 0;
  let round = 0;
  /** @type {number} */
  let pace = PACES.normal;
  /** @type {any} */
  let timer = 0;

  const one = () => {
    const all = lines();
    if (all.length === 0) return;
    if (at >= all.length) {
      at = 0;
      round += 1;
    }
    onLine(all[at], round);
    at += 1;
  };
  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      one();
      schedule();
    }, pace);
  };
  const pause = () => {
    clearTimeout(timer);
    timer = 0;
    onState(false);
  };

  return {
    one,
    pause,
    start: () => {
      one();
      schedule();
      onState(true);
    },
    running: () => timer !== 0,
    /** @param {keyof typeof PACES} name */
    setPace: (name) => {
      pace = PACES[name];
      if (timer !== 0) schedule();
    },
    restart: () => {
      at = 0;
    },
  };
}
