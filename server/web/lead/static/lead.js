/**
 * Light helpers for the lead's pages. Every page works without them: the server renders it all, and
 * what is swapped in here is rendered and escaped by the server, too.
 */
import { chips } from "./chips.js";
import { plots } from "./plots.js";

const WAIT_MS = 300;
const POLL_MS = 700;
const RELOAD_MS = 2500;

/**
 * Puts server-rendered HTML in place of an element's content.
 * @param {Element | null} element
 * @param {string} html
 */
function swap(element, html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  element?.replaceChildren(...page.body.childNodes);
}

/** @param {() => void} work */
function later(work) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, WAIT_MS);
  };
}

/** An answer that is none; 401 means that the session ended. */
class Unanswered extends Error {
  /** @param {number} status */
  constructor(status) {
    super(String(status));
    this.status = status;
  }
}

/** Sends the newest request only; an older answer that comes late is dropped. */
function newest() {
  let controller = new AbortController();
  return async (/** @type {string} */ url, /** @type {RequestInit} */ options = {}) => {
    controller.abort();
    controller = new AbortController();
    const answer = await fetch(url, { ...options, signal: controller.signal });
    if (!answer.ok) throw new Unanswered(answer.status);
    return answer.text();
  };
}

/**
 * Says at the top of the page what did not work; a request replaced by a newer one is none.
 * @param {Error} error
 */
function report(error) {
  if (error.name === "AbortError") return;
  const shown = /** @type {HTMLElement | null} */ (document.querySelector("[data-trouble]"));
  const line = shown ?? document.createElement("p");
  line.dataset.trouble = "";
  line.className = "notice medium";
  line.setAttribute("role", "alert");
  const { ended, noAnswer } = document.documentElement.dataset;
  line.textContent = (error instanceof Unanswered && error.status === 401 ? ended : noAnswer) ?? "";
  document.querySelector("main")?.prepend(line);
}

/** @param {HTMLFormElement} form */
function live(form) {
  const into = document.getElementById(form.dataset.into ?? "");
  const ask = newest();
  const send = later(() => {
    ask(form.dataset.live ?? "", { method: "POST", body: new FormData(form) })
      .then((html) => swap(into, html))
      .catch(report);
  });
  form.addEventListener("input", send);
  form.addEventListener("change", send);
}

/** @param {HTMLFormElement} form */
function rows(form) {
  const into = document.getElementById(form.dataset.rows ?? "");
  const ask = newest();
  const send = later(() => {
    // Text fields alone, which is what the constructor takes; its type knows no FormData.
    const query = new URLSearchParams(/** @type {any} */ (new FormData(form)));
    history.replaceState(null, "", `?${query}`);
    query.set("part", "1");
    ask(`?${query}`)
      .then((html) => {
        swap(into, html);
        chosen();
      })
      .catch(report);
  });
  form.addEventListener("input", send);
}

function chosen() {
  const label = document.querySelector("[data-chosen]");
  if (!label) return;
  const count = document.querySelectorAll("input[name=ids]:checked").length;
  label.textContent = count ? `（${count}）` : "";
}

function ticks() {
  /** @type {HTMLInputElement | null} */
  let last = null;
  document.addEventListener("click", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
    const ids = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[name=ids]"));
    const all = [...ids];
    if (box.matches("[data-all]")) for (const one of all) one.checked = box.checked;
    if (box.name === "ids") {
      if (event.shiftKey && last) {
        const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
        for (const one of all.slice(from, to + 1)) one.checked = box.checked;
      }
      last = box;
    }
    chosen();
  });
}

/** @param {HTMLElement} element */
function poll(element) {
  const holder = element.parentElement;
  setTimeout(async () => {
    try {
      const answer = await fetch(element.dataset.poll ?? "");
      swap(holder, await answer.text());
      const next = /** @type {HTMLElement | null} */ (holder?.querySelector("[data-poll]"));
      if (next) poll(next);
    } catch (error) {
      report(/** @type {Error} */ (error));
      poll(element);
    }
  }, POLL_MS);
}

/** @param {HTMLSelectElement} select */
function insert(select) {
  select.addEventListener("change", () => {
    const box = /** @type {HTMLTextAreaElement} */ (document.getElementById(select.dataset.insert ?? ""));
    box.setRangeText(select.value, box.selectionStart, box.selectionEnd, "end");
    select.value = "";
    box.focus();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

/** @param {HTMLTextAreaElement} box */
function count(box) {
  const label = /** @type {HTMLElement | null} */ (document.querySelector(`[data-counter="${box.id}"]`));
  const show = () => {
    if (label)
      label.textContent = (label.dataset.unit ?? "{n}").replace("{n}", String([...box.value].length));
  };
  box.addEventListener("input", show);
  show();
}

/**
 * A fresh empty box whenever the last one is filled.
 * @param {Element} set
 */
function boxes(set) {
  set.addEventListener("input", () => {
    const all = set.querySelectorAll("textarea");
    const last = all[all.length - 1];
    if (last.value.trim()) {
      const next = /** @type {HTMLTextAreaElement} */ (last.cloneNode());
      next.value = "";
      last.after(next);
    }
  });
}

/**
 * Asks before leaving a form that holds unsaved changes.
 * @param {Element} form
 */
function keep(form) {
  let changed = false;
  form.addEventListener("input", () => {
    changed = true;
  });
  form.addEventListener("submit", () => {
    changed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}

/** @param {KeyboardEvent} event */
function keys(event) {
  if (event.isComposing) return;
  const typing = /** @type {Element} */ (event.target).closest("input, textarea, select");
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    const button = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-key=s]"));
    if (button) {
      event.preventDefault();
      button.form?.requestSubmit(button);
    }
  } else if (event.key === "/" && !typing) {
    const search = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-slash]"));
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  } else if ((event.key === "j" || event.key === "k") && !typing) {
    const links = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("tr[data-row] a")]);
    const place =
      links.indexOf(/** @type {HTMLElement} */ (document.activeElement)) + (event.key === "j" ? 1 : -1);
    links[Math.max(0, Math.min(place, links.length - 1))]?.focus();
  }
}

/**
 * Starts every element that a selector finds.
 * @template {HTMLElement} T
 * @param {string} selector
 * @param {(element: T) => void} start
 */
function each(selector, start) {
  for (const element of /** @type {NodeListOf<T>} */ (document.querySelectorAll(selector))) start(element);
}

each("form[data-live]", live);
each("form[data-rows]", rows);
each("form[data-keep]", keep);
each("textarea[data-chips]", chips);
each("[data-boxes]", boxes);
each("select[data-insert]", insert);
each("[data-count]", count);
each("[data-poll]", poll);
each("select[data-go]", (/** @type {HTMLSelectElement} */ select) => {
  select.addEventListener("change", () => location.assign(select.value));
});
each("[data-reload]", () => setTimeout(() => location.reload(), RELOAD_MS));
ticks();
chosen();
document.addEventListener("keydown", keys);
plots(document.querySelectorAll("[data-plot]")).catch(report);
