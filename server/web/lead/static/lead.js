/**
 * Light helpers for the lead's pages. Every page works without them: the server renders it all, and
 * what is swapped in here is rendered and escaped by the server, too.
 */
import { chips } from "./chips.js";
import { plots } from "./plots.js";

const WAIT_MS = 300;
const POLL_MS = 700;

/** Puts server-rendered HTML in place of an element's content. */
function swap(element, html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  element.replaceChildren(...page.body.childNodes);
}

function later(work) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, WAIT_MS);
  };
}

/** Sends the newest request only; an older answer that comes late is dropped. */
function newest() {
  let controller = new AbortController();
  return async (url, options = {}) => {
    controller.abort();
    controller = new AbortController();
    const answer = await fetch(url, { ...options, signal: controller.signal });
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return answer.text();
  };
}

/** Says at the top of the page what did not work; a request replaced by a newer one is none. */
function report(error) {
  if (error.name === "AbortError") return;
  const line = document.querySelector("[data-trouble]") ?? document.createElement("p");
  line.dataset.trouble = "";
  line.className = "notice medium";
  line.setAttribute("role", "alert");
  line.textContent = error.message;
  document.querySelector("main").prepend(line);
}

function live(form) {
  const into = document.getElementById(form.dataset.into);
  const ask = newest();
  const send = later(() => {
    ask(form.dataset.live, { method: "POST", body: new FormData(form) })
      .then((html) => swap(into, html))
      .catch(report);
  });
  form.addEventListener("input", send);
  form.addEventListener("change", send);
}

function rows(form) {
  const into = document.getElementById(form.dataset.rows);
  const ask = newest();
  const send = later(() => {
    const query = new URLSearchParams(new FormData(form));
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
  let last = null;
  document.addEventListener("click", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
    const all = [...document.querySelectorAll("input[name=ids]")];
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

function poll(element) {
  const holder = element.parentElement;
  setTimeout(async () => {
    try {
      const answer = await fetch(element.dataset.poll);
      swap(holder, await answer.text());
      const next = holder.querySelector("[data-poll]");
      if (next) poll(next);
    } catch (error) {
      report(error);
      poll(element);
    }
  }, POLL_MS);
}

function insert(select) {
  select.addEventListener("change", () => {
    const box = document.getElementById(select.dataset.insert);
    box.setRangeText(select.value, box.selectionStart, box.selectionEnd, "end");
    select.value = "";
    box.focus();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function count(box) {
  const label = document.querySelector(`[data-counter="${box.id}"]`);
  const show = () => {
    label.textContent = `${[...box.value].length} 字`;
  };
  box.addEventListener("input", show);
  show();
}

/** A fresh empty box whenever the last one is filled. */
function boxes(set) {
  set.addEventListener("input", () => {
    const all = set.querySelectorAll("textarea");
    const last = all[all.length - 1];
    if (last.value.trim()) {
      const next = last.cloneNode();
      next.value = "";
      last.after(next);
    }
  });
}

/** Asks before leaving a form that holds unsaved changes. */
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

function keys(event) {
  if (event.isComposing) return;
  const typing = event.target.closest("input, textarea, select");
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    const button = document.querySelector("[data-key=s]");
    if (button) {
      event.preventDefault();
      button.form.requestSubmit(button);
    }
  } else if (event.key === "/" && !typing) {
    const search = document.querySelector("[data-slash]");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  } else if ((event.key === "j" || event.key === "k") && !typing) {
    const links = [...document.querySelectorAll("tr[data-row] a")];
    const place = links.indexOf(document.activeElement) + (event.key === "j" ? 1 : -1);
    links[Math.max(0, Math.min(place, links.length - 1))]?.focus();
  }
}

for (const form of document.querySelectorAll("form[data-live]")) live(form);
for (const form of document.querySelectorAll("form[data-rows]")) rows(form);
for (const form of document.querySelectorAll("form[data-keep]")) keep(form);
for (const box of document.querySelectorAll("textarea[data-chips]")) chips(box);
for (const set of document.querySelectorAll("[data-boxes]")) boxes(set);
for (const select of document.querySelectorAll("select[data-insert]")) insert(select);
for (const box of document.querySelectorAll("[data-count]")) count(box);
for (const element of document.querySelectorAll("[data-poll]")) poll(element);
for (const select of document.querySelectorAll("select[data-go]")) {
  select.addEventListener("change", () => location.assign(select.value));
}
ticks();
chosen();
document.addEventListener("keydown", keys);
plots(document.querySelectorAll("[data-plot]")).catch(report);
