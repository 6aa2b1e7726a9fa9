/**
 * How many shoppers wait, before the title of the page: seen on the tab while another one is in front.
 */

const BADGE = /^\(\d+\+?\) /;
const MOST = 99;

/**
 * @param {Document} document
 * @param {AbortSignal} signal takes it off again
 */
export function titleBadge(document, signal) {
  const view = /** @type {Window & typeof globalThis} */ (document.defaultView);
  let count = 0;

  const draw = () => {
    const plain = document.title.replace(BADGE, "");
    const wanted = count > 0 ? `(${count > MOST ? `${MOST}+` : count}) ${plain}` : plain;
    if (document.title !== wanted) document.title = wanted;
  };

  // A page that writes its own title anew keeps it, behind the number.
  const observer = new view.MutationObserver(draw);
  if (document.head) observer.observe(document.head, { subtree: true, childList: true, characterData: true });
  signal.addEventListener("abort", () => {
    observer.disconnect();
    count = 0;
    draw();
  });
  return {
    /** @param {number} waiting */
    show: (waiting) => {
      if (waiting === count) return;
      count = waiting;
      draw();
    },
  };
}
