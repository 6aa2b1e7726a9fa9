/** Small plots of use, drawn by Observable Plot, which is served from here and works offline. */

const SOURCES = ["/static/qa/vendor/d3-7.9.2.min.js", "/static/qa/vendor/plot-0.6.17.min.js"];

/** The days are the shop's own, held as UTC; in figures they read alike in every language. */
const dayTick = (/** @type {Date} */ day) => `${day.getUTCMonth() + 1}/${day.getUTCDate()}`;

/** @param {string} source */
function load(source) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error(`${source} is missing`)));
    document.head.append(script);
  });
}

/**
 * Draws `data-plot` ({days, values}) into each element; what the server drew stays otherwise.
 * @param {NodeListOf<HTMLElement>} elements
 */
export async function plots(elements) {
  if (!elements.length) return;
  for (const source of SOURCES) await load(source);
  for (const element of elements) {
    const { days, values } = /** @type {{ days: string[], values: number[] }} */ (
      JSON.parse(element.dataset.plot ?? "{}")
    );
    const rows = days.map((day, place) => ({ day: new Date(`${day}T00:00Z`), n: values[place] }));
    const title = (/** @type {{ day: Date, n: number }} */ { day, n }) => `${dayTick(day)}: ${n}`;
    const marks = [
      Plot.rectY(rows, { x: "day", y: "n", title, interval: "day", fill: "var(--bd-accent)", tip: true }),
      Plot.ruleY([0]),
    ];
    const width = element.clientWidth || 640;
    const style = { background: "transparent", fontSize: "12px" };
    // Without a use the scale would have no height, and every bar would fill it.
    const domain = [0, Math.max(1, ...values)];
    const y = { label: null, grid: true, tickFormat: "d", ticks: Math.min(4, domain[1]), domain };
    const x = { label: null, tickFormat: dayTick, ticks: width < 420 ? 3 : 6 };
    const chart = Plot.plot({ marks, width, height: 160, style, y, x });
    element.replaceChildren(chart);
  }
}
