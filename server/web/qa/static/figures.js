/**
 * Draws the plots of a page from its JSON block `#plots` with Observable Plot (globals `Plot`, `d3`).
 * Colours are CSS variables, so light and dark need no redrawing.
 */

/** @typedef {{ day: string, n: number, median: number | null, p90: number | null, rate: number | null, within: number | null }} DayRow */
/** @typedef {{ target: number, name: string }} Target */
/**
 * What the page says; on the page of rules only `precision` is there.
 * @typedef {object} Data
 * @property {DayRow[]} days
 * @property {{ span: string, n: number }[]} bars
 * @property {{ weekday: number, hour: number, n: number, late: number }[]} hours
 * @property {{ agent: string, day: string, median: number | null, n: number }[]} agents
 * @property {{ step: string, n: number }[]} funnel
 * @property {Target[]} targets
 * @property {{ rule: string, month: string, n: number, precision: number }[]} precision
 * @property {Record<string, string>} words
 */

const ACCENT = "var(--bd-accent)";
const SOFT = "var(--bd-line-strong)";
// A day of fewer messages (this morning, say) is a spike without meaning; the tables still have it.
const ENOUGH = 10;
const GRID = "var(--bd-line)";

/** @param {string} day */
const asDate = (day) => new Date(`${day}T00:00:00`);
/** @param {Date} date */
const dayTick = (date) => `${date.getMonth() + 1}/${date.getDate()}`;
/** @param {number} value */
const asPercent = (value) => `${(value * 100).toFixed(0)}%`;

/**
 * Two lines over days, named at their ends: the first one in the accent colour.
 * @param {DayRow[]} rows
 * @param {[keyof DayRow, string][]} lines column and name
 * @param {(row: DayRow) => string} tip
 */
const twoLines = (rows, lines, tip) => {
  const looks = [
    { stroke: ACCENT, ink: ACCENT, strokeWidth: 2 },
    { stroke: SOFT, ink: "var(--bd-ink-3)", strokeWidth: 1.5 },
  ];
  const x = (/** @type {DayRow} */ row) => asDate(row.day);
  const drawn = lines.map(([y], i) => {
    const { stroke, strokeWidth } = looks[i];
    return Plot.lineY(rows, { x, y, stroke, strokeWidth });
  });
  const names = lines.map(([y, name], i) =>
    Plot.text(rows.slice(-1), {
      x,
      y,
      text: () => name,
      dx: 6,
      textAnchor: "start",
      fill: looks[i].ink,
    }),
  );
  const tips = Plot.tip(rows, Plot.pointerX({ x, y: lines[0][0], title: tip }));
  return [...drawn.reverse(), ...names, tips];
};

/** @param {number} width */
const days = (width) => ({ type: "utc", label: null, tickFormat: dayTick, ticks: width < 420 ? 3 : 6 });

/** @type {Record<string, (data: Data, base: object, words: Record<string, string>, width: number) => object>} */
const makers = {
  response: (data, base, w, width) => {
    const rows = data.days.filter((d) => d.median !== null && d.n >= ENOUGH);
    return {
      ...base,
      y: { label: w.seconds, grid: true, type: "sqrt", nice: true, ticks: 5 },
      x: days(width),
      marks: [
        Plot.ruleY([20], { stroke: SOFT, strokeDasharray: "2,3" }),
        ...twoLines(
          rows,
          [
            ["median", w.median],
            ["p90", w.p90],
          ],
          (d) => `${d.day}\n${w.median} ${d.median} s\n${w.p90} ${d.p90} s\n${w.messages} ${d.n}`,
        ),
      ],
      marginRight: 56,
    };
  },
  rate: (data, base, w, width) => {
    const rows = data.days.filter((d) => d.rate !== null && d.n >= ENOUGH);
    const low = Math.min(0.6, ...rows.flatMap((d) => [d.rate ?? 1, d.within ?? 1]));
    return {
      ...base,
      y: { label: null, domain: [Math.floor(low * 10) / 10, 1], tickFormat: asPercent, grid: true, ticks: 5 },
      x: days(width),
      marks: [
        ...data.targets.map((t) =>
          Plot.ruleY([t.target], { stroke: "var(--bd-medium)", strokeDasharray: "4,3" }),
        ),
        ...data.targets.map((t) =>
          Plot.text([t], {
            x: () => asDate(rows[0]?.day ?? "2026-01-01"),
            y: "target",
            text: (/** @type {Target} */ d) => `${d.name} ${w.target} ${asPercent(d.target)}`,
            textAnchor: "start",
            dy: -7,
            fill: "var(--bd-medium)",
          }),
        ),
        ...twoLines(
          rows,
          [
            ["rate", w.rate],
            ["within", w.within],
          ],
          (d) => `${d.day}\n${w.rate} ${asPercent(d.rate ?? 0)}\n${w.within} ${asPercent(d.within ?? 0)}`,
        ),
      ],
      marginRight: 72,
    };
  },
  bars: (data, base, w, width) => ({
    ...base,
    marginBottom: width < 420 ? 48 : 32,
    x: {
      label: w.seconds,
      tickRotate: width < 420 ? -45 : 0,
      domain: data.bars.map((d) => d.span),
      tickFormat: (/** @type {string} */ s) => (s === "–" ? w.unanswered : s),
      tickSize: 0,
    },
    y: { label: w.messages, grid: true, ticks: 4 },
    marks: [
      Plot.barY(data.bars, {
        x: "span",
        y: "n",
        fill: (d) => (["≤5", "≤10", "≤15", "≤20"].includes(d.span) ? ACCENT : SOFT),
        inset: 1,
        tip: true,
        title: (d) => `${d.span === "–" ? w.unanswered : `${d.span} s`}: ${d.n}`,
      }),
      Plot.ruleY([0], { stroke: GRID }),
    ],
  }),
  funnel: (data, base) => ({
    ...base,
    marginLeft: 112,
    height: 176,
    x: { label: null, axis: null, domain: [0, Math.max(1, ...data.funnel.map((d) => d.n)) * 1.3] },
    y: { label: null, domain: data.funnel.map((d) => d.step), tickSize: 0 },
    marks: [
      Plot.barX(data.funnel, {
        x: "n",
        y: "step",
        fill: ACCENT,
        fillOpacity: (_d, i) => 1 - i * 0.12,
        inset: 3,
      }),
      Plot.text(data.funnel, {
        x: "n",
        y: "step",
        text: (d) => d.n.toLocaleString(),
        textAnchor: "start",
        dx: 6,
        fill: "currentColor",
      }),
    ],
  }),
  hours: (data, base, w, width) => {
    const weekday = (/** @type {number} */ d) => w.weekdays.split(" ")[d];
    const top = Math.max(
      0.2,
      d3.quantile(
        data.hours.map((d) => d.late),
        0.95,
      ) ?? 0.2,
    );
    return {
      ...base,
      height: 220,
      marginLeft: 44,
      padding: 0.06,
      x: { label: w.hour, domain: d3.range(24), ticks: d3.range(0, 24, width < 560 ? 4 : 1), tickSize: 0 },
      y: { label: null, domain: d3.range(7), tickFormat: weekday, tickSize: 0 },
      opacity: { domain: [0, top], range: [0.06, 1], clamp: true },
      marks: [
        Plot.cell(data.hours, {
          x: "hour",
          y: "weekday",
          fill: ACCENT,
          fillOpacity: { value: "late", scale: "opacity" },
          rx: 2,
          tip: { fill: "var(--bd-surface)", fillOpacity: 1 },
          title: (d) =>
            `${weekday(d.weekday)} ${d.hour}:00\n${w.messages} ${d.n}\n${w.late} ${asPercent(d.late)}`,
        }),
        Plot.text(
          data.hours.filter((d) => d.n > 0 && width >= 640),
          {
            x: "hour",
            y: "weekday",
            text: (d) => d.n,
            fill: (d) => (d.late / top > 0.55 ? "var(--bd-on-accent)" : "var(--bd-ink-2)"),
            fontSize: 10,
          },
        ),
      ],
    };
  },
  agents: (data, base, w, width) => {
    const names = [...new Set(data.agents.map((d) => d.agent))];
    const columns = Math.max(1, Math.min(4, Math.floor(width / 200)));
    const place = new Map(
      names.map((name, i) => [name, { column: i % columns, row: Math.floor(i / columns) }]),
    );
    const rows = data.agents
      .filter((d) => d.median !== null && d.n >= ENOUGH)
      .map((d) => ({ ...d, ...place.get(d.agent) }));
    const top =
      d3.quantile(
        rows.map((d) => d.median ?? 0),
        0.98,
      ) ?? 60;
    return {
      ...base,
      height: 28 + 96 * Math.ceil(names.length / columns),
      marginTop: 24,
      fx: { axis: null, padding: 0.08 },
      fy: { axis: null, padding: 0.24 },
      x: { type: "utc", label: null, tickFormat: dayTick, ticks: 3 },
      y: { label: null, domain: [0, Math.max(30, top * 1.1)], clamp: true, ticks: 3, grid: true },
      marks: [
        Plot.ruleY([20], { stroke: SOFT, strokeDasharray: "2,3" }),
        Plot.lineY(rows, {
          fx: "column",
          fy: "row",
          x: (d) => asDate(d.day),
          y: "median",
          stroke: ACCENT,
          strokeWidth: 1.5,
          z: "agent",
        }),
        Plot.text(
          names.map((agent) => ({ agent, ...place.get(agent) })),
          {
            fx: "column",
            fy: "row",
            text: "agent",
            frameAnchor: "top-left",
            dy: -12,
            fontWeight: 600,
            fill: "var(--bd-ink-2)",
          },
        ),
        Plot.tip(
          rows,
          Plot.pointer({
            fx: "column",
            fy: "row",
            x: (d) => asDate(d.day),
            y: "median",
            title: (d) => `${d.agent} ${d.day}\n${w.median} ${d.median} s\n${w.messages} ${d.n}`,
          }),
        ),
      ],
    };
  },
  precision: (data, base) => ({
    ...base,
    marginLeft: 160,
    height: 48 + 28 * new Set(data.precision.map((d) => d.rule)).size,
    x: { type: "band", label: null, tickSize: 0 },
    y: { label: null, tickSize: 0 },
    marks: [
      Plot.cell(data.precision, {
        x: "month",
        y: "rule",
        fill: ACCENT,
        fillOpacity: (d) => 0.06 + 0.34 * d.precision,
        inset: 1,
        rx: 2,
      }),
      Plot.text(data.precision, {
        x: "month",
        y: "rule",
        text: (d) => `${asPercent(d.precision)} · ${d.n}`,
        fill: "currentColor",
      }),
    ],
  }),
};

/**
 * Draws every `figure[data-plot]` below `root`.
 * @param {Document} root
 */
export function drawAll(root) {
  const block = root.getElementById("plots");
  if (!block) return;
  const data = JSON.parse(block.textContent ?? "{}");
  for (const figure of root.querySelectorAll("figure[data-plot]"))
    draw(/** @type {HTMLElement} */ (figure), data);
}

/** @param {HTMLElement} figure @param {Data} data */
function draw(figure, data) {
  const style = getComputedStyle(figure);
  const width = Math.max(
    240,
    figure.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight),
  );
  const base = {
    width,
    height: 220,
    marginLeft: 40,
    marginBottom: 32,
    marginTop: 20,
    style: { background: "none", overflow: "visible" },
  };
  figure.querySelector("svg")?.remove();
  const options = makers[figure.dataset.plot ?? ""](data, base, data.words, width);
  figure.append(Plot.plot({ ...options, ariaLabel: figure.querySelector("figcaption")?.textContent ?? "" }));
}
