/** The live wall: asks every three seconds, counts the seconds in between. */

const wall = /** @type {HTMLElement} */ (document.getElementById("wall"));
const words = JSON.parse(document.getElementById("wall-words")?.textContent ?? "{}");
let now = JSON.parse(document.getElementById("wall-now")?.textContent ?? "{}");
let offset = Date.parse(now.at) - Date.now();

/** @param {string} tag @param {string} className @param {string} text */
function make(tag, className, text) {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

/** @param {number} s */
function span(s) {
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  if (s < 60) return words.seconds.replace("{s}", s);
  if (s < 3600) return words.minutes.replace("{m}", Math.floor(s / 60)).replace("{s}", two(s % 60));
  return words.hours.replace("{h}", Math.floor(s / 3600)).replace("{m}", two(Math.floor((s % 3600) / 60)));
}

/** @param {number} id @param {string} text */
function talkLink(id, text) {
  const link = /** @type {HTMLAnchorElement} */ (make("a", "line", text));
  link.href = (wall.dataset.conversation ?? "").replace(/0$/, String(id));
  return link;
}

/** A row of a list, as `/wall/now.json` gives it. @typedef {Record<string, any>} Row */

/** @type {Record<string, (row: Row) => Node[]>} */
const makers = {
  waiting: (w) => {
    const since = make("span", "since", "");
    since.dataset.since = w.since;
    since.dataset.answer = w.answer_s;
    since.dataset.platform = w.platform_s;
    return [
      since,
      w.conversation
        ? talkLink(w.conversation, `${w.shopper}：${w.text}`)
        : make("span", "line", `${w.shopper} · ${words.unopened}`),
      make("span", "line small", [w.agent, w.platform, w.shop_name].filter(Boolean).join(" · ")),
    ];
  },
  risks: (r) => [
    make("span", `tag s-${r.severity}`, words[r.severity]),
    talkLink(r.conversation, `${r.category_name} “${r.matched}”`),
    make("span", "line small", ""),
    make(
      "span",
      "line small",
      [words[r.direction], r.agent, r.platform, r.clause].filter(Boolean).join(" · "),
    ),
  ],
  broken: (b) => [
    make("b", "line", b.agent),
    make("span", "line", b.problem),
    make("span", "line small", ""),
    make("span", "line small", b.platform),
  ],
  agents: (a) => [
    make("b", "line", a.name),
    make("span", "line small", [a.platform, a.shop].filter(Boolean).join(" · ")),
  ],
};
/** @type {Record<string, string>} */
const nothing = { waiting: "nobody", risks: "no_risks", broken: "all_well", agents: "none_connected" };

function draw() {
  for (const [name, maker] of Object.entries(makers)) {
    const list = wall.querySelector(`[data-list="${name}"]`);
    const rows = /** @type {Row[]} */ (now[name] ?? []);
    const items = rows.map((row) => {
      const item = document.createElement("li");
      item.append(...maker(row));
      return item;
    });
    list?.replaceChildren(...(items.length ? items : [make("li", "nothing", words[nothing[name]])]));
    const count = wall.querySelector(`[data-count="${name}"]`);
    if (count) count.textContent = rows.length ? String(rows.length) : "";
  }
  tick();
}

function tick() {
  for (const node of wall.querySelectorAll("[data-since]")) {
    const { since, answer, platform } = /** @type {HTMLElement} */ (node).dataset;
    const s = Math.max(0, Math.floor((Date.now() + offset - Date.parse(since ?? "")) / 1000));
    node.textContent = span(s);
    node.classList.toggle("warm", s > Number(answer) && s <= Number(platform));
    node.classList.toggle("hot", s > Number(platform));
  }
}

async function ask() {
  const at = document.getElementById("wall-at");
  try {
    const answer = await fetch(wall.dataset.source ?? "", { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    now = await answer.json();
    offset = Date.parse(now.at) - Date.now();
    draw();
    const clock = new Date(now.at).toLocaleTimeString(document.documentElement.lang);
    if (at) at.textContent = words.updated.replace("{at}", clock);
  } catch (error) {
    if (at) at.textContent = `${words.lost} ${error instanceof Error ? error.message : ""}`;
  }
}

document.querySelector("form[data-auto]")?.addEventListener("change", (event) => {
  /** @type {HTMLFormElement} */ (event.currentTarget).requestSubmit();
});
draw();
setInterval(tick, 1000);
setInterval(() => document.visibilityState === "visible" && ask(), 3000);
