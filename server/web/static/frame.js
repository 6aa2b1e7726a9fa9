/** Brings the page that is open into sight in a navigation that is wider than the screen. */
for (const nav of document.querySelectorAll("header nav, nav.tabs")) {
  const here = nav.querySelector("[aria-current]");
  if (!(nav instanceof HTMLElement) || !(here instanceof HTMLElement)) continue;
  nav.scrollLeft = here.offsetLeft - nav.offsetLeft - (nav.clientWidth - here.offsetWidth) / 2;
}
