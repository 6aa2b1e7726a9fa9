/**
 * What is typed into a form stays in this browser until the server has saved it: over an ended session,
 * a closed tab, a server that is away. Each account has drafts of its own.
 */
const KEPT_MS = 7 * 24 * 3600 * 1000;
const WAIT_MS = 200;
const ACCOUNT = document.documentElement.dataset.account ?? "";
const PREFIX = `bangda.draft.${ACCOUNT}.`;
const SAVED = "bangda_saved";
/** Not part of what a form is about: they change while it stays the same form. */
const PASSING = new Set(["base", "once", "here", "draft", "back"]);

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */
/** @typedef {{name: string, value: string, checked: boolean}} Held */
/** @typedef {{at: number, held: Held[]}} Draft */

/** @param {HTMLFormElement} form @returns {Field[]} */
const fields = (form) =>
  /** @type {Field[]} */ (
    [...form.elements].filter(
      (field) =>
        (field instanceof HTMLInputElement ||
          field instanceof HTMLTextAreaElement ||
          field instanceof HTMLSelectElement) &&
        field.name &&
        field.name !== "draft" &&
        !["password", "file", "submit"].includes(field.type),
    )
  );

/** What tells a form from others, wherever it is shown. @param {HTMLFormElement} form */
function keyOf(form) {
  const named = form.dataset.draft;
  if (named) return named;
  const hidden = fields(form).filter((field) => field.type === "hidden" && !PASSING.has(field.name));
  const about = hidden.slice(0, 6).map((field) => `${field.name}=${field.value.slice(0, 40)}`);
  // A field named `action` hides the property.
  const { pathname } = new URL(form.getAttribute("action") ?? "", document.baseURI);
  return [pathname, ...about].join("&");
}

/** @param {HTMLFormElement} form @returns {Held[]} */
const read = (form) =>
  fields(form).map((field) => ({
    name: field.name,
    value: field.value,
    checked: field instanceof HTMLInputElement && field.checked,
  }));

/** Whether a field says something else than the page was made with. @param {Field} field */
function touched(field) {
  if (field instanceof HTMLSelectElement) {
    const made = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(made, 0);
  }
  if (field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type))
    return field.checked !== field.defaultChecked;
  return field.type !== "hidden" && field.value !== field.defaultValue;
}

/** A fresh box of a set that grows as it is filled. @param {Field | undefined} last */
function grown(last) {
  if (!last?.closest("[data-boxes]")) return undefined;
  const next = /** @type {Field} */ (last.cloneNode());
  last.after(next);
  return next;
}

/**
 * Puts a draft into its form; true when the form then says something else than before. What was typed
 * before this script was there stays.
 * @param {HTMLFormElement} form
 * @param {Held[]} held
 */
function restore(form, held) {
  let changed = false;
  /** @type {Map<string, Field[]>} */
  const there = new Map();
  for (const field of fields(form)) there.set(field.name, [...(there.get(field.name) ?? []), field]);
  /** @type {Map<string, Field | undefined>} */
  const last = new Map();
  for (const { name, value, checked } of held) {
    const free = there.get(name) ?? [];
    const ticked = ["checkbox", "radio"].includes(free[0]?.type ?? "");
    const place = ticked ? free.findIndex((field) => field.value === value) : 0;
    const field = place < 0 ? undefined : (free.splice(place, 1)[0] ?? grown(last.get(name)));
    last.set(name, field);
    if (!field || touched(field)) continue;
    const own = field instanceof HTMLInputElement && ticked;
    if (own ? field.checked === checked : field.value === value) continue;
    changed ||= field.type !== "hidden";
    if (own) field.checked = checked;
    else field.value = value;
  }
  return changed;
}

/** @param {string} key @returns {Draft | null} */
function draftOf(key) {
  const text = localStorage.getItem(PREFIX + key);
  return text ? /** @type {Draft} */ (JSON.parse(text)) : null;
}

/** @param {string} key */
const drop = (key) => localStorage.removeItem(PREFIX + key);

/** Drops what the server says it has saved, and what lies here too long. */
function tidy() {
  const saved = document.cookie.split("; ").find((one) => one.startsWith(`${SAVED}=`));
  if (saved) {
    drop(decodeURIComponent(saved.slice(SAVED.length + 1).replace(/^"|"$/g, "")));
    // biome-ignore lint/suspicious/noDocumentCookie: Firefox has no cookieStore
    document.cookie = `${SAVED}=; max-age=0; path=/; samesite=strict`;
  }
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith(PREFIX)) continue;
    const draft = draftOf(name.slice(PREFIX.length));
    if (!draft || draft.at < Date.now() - KEPT_MS) localStorage.removeItem(name);
  }
}

/** @param {HTMLFormElement} form @param {string} key @param {number} at */
function tell(form, key, at) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("draft-told"));
  const line = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const when = /** @type {HTMLElement} */ (line.querySelector("time"));
  when.textContent = new Date(at).toLocaleString(document.documentElement.lang, {
    dateStyle: "short",
    timeStyle: "short",
  });
  line.querySelector("button")?.addEventListener("click", () => {
    drop(key);
    location.reload();
  });
  form.before(line);
}

/** @param {HTMLFormElement} form */
function keep(form) {
  const key = keyOf(form);
  const mark = document.createElement("input");
  mark.type = "hidden";
  mark.name = "draft";
  mark.value = encodeURIComponent(key);
  const draft = draftOf(key);
  if (draft && restore(form, draft.held)) tell(form, key, draft.at);
  form.append(mark);
  const write = () =>
    localStorage.setItem(PREFIX + key, JSON.stringify({ at: Date.now(), held: read(form) }));
  let timer = 0;
  form.addEventListener("input", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.type === "file") return;
    clearTimeout(timer);
    timer = setTimeout(write, WAIT_MS);
  });
  // What was typed just before leaving or sending is written as well.
  const settle = () => {
    if (!timer) return;
    clearTimeout(timer);
    timer = 0;
    write();
  };
  form.addEventListener("submit", settle);
  window.addEventListener("pagehide", settle);
}

/** Tells a text that is too long while it is typed. @param {HTMLInputElement | HTMLTextAreaElement} field */
function limit(field) {
  const most = Number(field.dataset.most);
  const line = document.createElement("p");
  line.className = "wrong";
  line.setAttribute("role", "alert");
  line.hidden = true;
  field.after(line);
  const look = () => {
    const longest = Math.max(
      ...(field.dataset.lines === undefined ? [field.value] : field.value.split("\n")).map(
        (one) => [...one].length,
      ),
    );
    line.hidden = longest <= most;
    const told = document.documentElement.dataset.tooLong ?? "{n}";
    line.textContent = line.hidden
      ? ""
      : told.replace("{n}", String(longest)).replace("{most}", String(most));
  };
  // What the server said of this field holds until it is changed; then this line says how it stands.
  const told = document.getElementById(field.getAttribute("aria-describedby") ?? "");
  field.addEventListener("input", () => {
    told?.remove();
    field.removeAttribute("aria-invalid");
    look();
  });
  if (told === null) look();
}

/**
 * Moves what the server said of a field to that field, in the form where it was typed.
 * @param {HTMLElement} notice
 */
function beside(notice) {
  const forms = [...document.querySelectorAll("main form[method=post]")].map(
    (form) => /** @type {HTMLFormElement} */ (form),
  );
  const meant = notice.dataset.beside ?? "";
  const named = forms.flatMap((form) =>
    fields(form).filter(
      // turnover means each of turnover:2026-11, turnover:2026-10; the one that was changed is asked for.
      ({ name, type }) => type !== "hidden" && (name === meant || name.startsWith(`${meant}:`)),
    ),
  );
  const field = named.find((one) => touched(one)) ?? named[0];
  if (field === undefined) return;
  const line = document.createElement("p");
  line.className = "wrong";
  line.id = `wrong-${field.name}`;
  line.setAttribute("role", "alert");
  line.textContent = notice.textContent?.trim() ?? "";
  const group = field.closest("fieldset") ?? field.closest("label") ?? field;
  group.after(line);
  field.closest("details")?.setAttribute("open", "");
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", line.id);
  notice.remove();
}

/**
 * A form that is gone back to is the same form, though the page was made anew: the place in the browser's
 * history remembers what the server knows it by, and nothing is made twice.
 * @param {HTMLInputElement} field
 */
function remember(field) {
  const known = history.state?.once;
  if (known) field.value = known;
  else history.replaceState({ ...history.state, once: field.value }, "");
}

for (const field of document.querySelectorAll("input[name=once]"))
  remember(/** @type {HTMLInputElement} */ (field));
if (ACCOUNT) {
  tidy();
  for (const form of document.querySelectorAll("main form[method=post]")) {
    if (!(form instanceof HTMLFormElement) || form.dataset.draft === "none") continue;
    if (fields(form).some((field) => field.type !== "hidden")) keep(form);
  }
}
for (const notice of document.querySelectorAll("[data-beside]")) beside(/** @type {HTMLElement} */ (notice));
for (const field of document.querySelectorAll("[data-most]"))
  limit(/** @type {HTMLInputElement | HTMLTextAreaElement} */ (field));
/** @type {HTMLElement | null} */ (document.querySelector("[aria-invalid=true]"))?.focus();
