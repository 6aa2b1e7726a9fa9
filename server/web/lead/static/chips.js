/** Chips over a text box with one item a line; the box stays the form's field. */

/**
 * Shows `box`'s lines as chips with an input after them. Enter adds, Backspace takes back.
 * @param {HTMLTextAreaElement} box
 */
export function chips(box) {
  const holder = document.createElement("div");
  holder.className = "chips";
  const input = document.createElement("input");
  input.setAttribute("aria-label", box.labels[0]?.textContent ?? box.name);
  input.placeholder = box.placeholder;
  if (box.dataset.list) input.setAttribute("list", box.dataset.list);
  holder.append(input);
  box.hidden = true;
  box.after(holder);
  box.labels[0]?.addEventListener("click", () => input.focus());

  const lines = () => box.value.split("\n").filter((line) => line.trim());

  /** @param {string[]} next */
  function write(next) {
    box.value = next.join("\n");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    draw();
  }

  function draw() {
    for (const chip of holder.querySelectorAll(".chip")) chip.remove();
    lines().forEach((line, place) => {
      const chip = document.createElement("span");
      chip.className = "chip";
      const text = document.createElement("span");
      text.textContent = line;
      const drop = document.createElement("button");
      drop.type = "button";
      drop.textContent = "×";
      drop.setAttribute("aria-label", `× ${line}`);
      drop.addEventListener("click", () => {
        write(lines().filter((_, other) => other !== place));
        input.focus();
      });
      chip.append(text, drop);
      input.before(chip);
    });
  }

  function take() {
    const added = input.value.split("\n").map((line) => line.trim());
    input.value = "";
    const fresh = added.filter((line) => line && !lines().includes(line));
    if (fresh.length) write([...lines(), ...fresh]);
  }

  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      take();
    } else if (event.key === "Backspace" && !input.value && lines().length) {
      const all = lines();
      input.value = all.pop() ?? "";
      write(all);
      event.preventDefault();
    }
  });
  input.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text") ?? "";
    if (!text.includes("\n")) return;
    event.preventDefault();
    input.value = "";
    const fresh = text.split(/\r?\n/).map((line) => line.trim());
    write([...new Set([...lines(), ...fresh.filter(Boolean)])]);
  });
  input.addEventListener("blur", take);
  // The box is hidden, so the browser cannot say that something typed here is not added yet.
  box.form?.addEventListener("submit", take);
  draw();
}
