/**
 * Shows where something is on the page: brought into sight, with a frame over it for a moment. Opening
 * it stays the person's own click.
 */

const SHOWN_MS = 2500;

/** @param {Element} element @param {AbortSignal} signal */
export function pointAt(element, signal) {
  const document = element.ownerDocument;
  element.scrollIntoView({ block: "nearest" });
  const { left, top, width, height } = element.getBoundingClientRect();
  const frame = document.createElement("bangda-pointer");
  Object.assign(frame.style, {
    position: "fixed",
    left: `${left}px`,
    top: `${top}px`,
    width: `${width}px`,
    height: `${height}px`,
    boxSizing: "border-box",
    border: "2px solid #17687f",
    borderRadius: "4px",
    zIndex: "2147483647",
    pointerEvents: "none",
  });
  document.documentElement.append(frame);
  const end = () => frame.remove();
  const timer = setTimeout(end, SHOWN_MS);
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  signal.addEventListener("abort", end, { once: true });
}
