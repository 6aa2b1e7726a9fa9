/**
 * Keys and small comforts of the QA pages. Every page works without it: forms submit, links lead.
 */

/** @param {EventTarget | null} target */
const typing = (target) =>
  target instanceof HTMLElement &&
  target.matches("input:not([type=radio], [type=checkbox]), textarea, select");

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (!event.isTrusted || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-judge]"));
  if (event.key === "Enter" && form && !(event.target instanceof HTMLTextAreaElement)) {
    if (event.target instanceof HTMLAnchorElement || event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  if (event.key === "Escape" && typing(event.target)) return /** @type {HTMLElement} */ (event.target).blur();
  if (typing(event.target)) return;
  const found = document.querySelector(
    `[data-key="${CSS.escape(event.key.length === 1 ? event.key.toLowerCase() : event.key)}"]`,
  );
  if (!(found instanceof HTMLElement)) return;
  event.preventDefault();
  if (found instanceof HTMLInputElement && found.type === "radio") {
    found.checked = true;
    found.focus();
  } else if (found.matches("input, textarea")) found.focus();
  else found.click();
}

/**
 * A filter that changed applies at once; the button stays for those without scripts.
 * @param {Event} event
 */
function onChange(event) {
  const form = event.target instanceof HTMLElement ? event.target.closest("form[data-auto]") : null;
  if (form instanceof HTMLFormElement) form.requestSubmit();
}

// A verdict can be taken back for some seconds; then the offer goes.
for (const offer of document.querySelectorAll("[data-for-seconds]")) {
  if (!(offer instanceof HTMLElement)) continue;
  setTimeout(() => offer.remove(), Number(offer.dataset.forSeconds) * 1000);
}

document.addEventListener("keydown", onKey);
document.addEventListener("change", onChange);
for (const form of document.querySelectorAll("form[data-auto], form.filters")) {
  form.addEventListener("submit", () => {
    // Empty fields are left out, so that addresses stay short enough to be passed on.
    for (const field of /** @type {HTMLFormElement} */ (form).elements) {
      if (
        (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) &&
        !field.value &&
        form.getAttribute("method") !== "post"
      )
        field.disabled = true;
    }
  });
}

/** Whether a choice on the form is not the one that the page was made for. @param {HTMLFormElement} form */
function wasChanged(form) {
  return [...form.querySelectorAll("select")].some(({ options, selectedIndex }) => {
    const made = [...options].findIndex((option) => option.defaultSelected);
    return selectedIndex !== Math.max(made, 0);
  });
}

// Who was quicker than this script has chosen, too. A page that was gone back to shows what it lists.
const [opened] = performance.getEntriesByType("navigation");
for (const form of document.querySelectorAll("form[data-auto]")) {
  if (!(form instanceof HTMLFormElement) || !wasChanged(form)) continue;
  if (/** @type {PerformanceNavigationTiming} */ (opened)?.type === "navigate") form.requestSubmit();
  else form.reset();
}
document.documentElement.dataset.keys = "on";
document.querySelector(".turn.focus")?.scrollIntoView({ block: "center" });
