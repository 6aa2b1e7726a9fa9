// Classic content script: content scripts cannot be modules, so this one imports the module. Its
// files are web-accessible under the fixed id: with `use_dynamic_url` Chromium 156 serves the first
// module and then denies the ones that it imports, whose addresses carry the fixed id again.
// Registered and put into open tabs: whichever comes second finds the first one's mark.
if (!("bangdaStarted" in globalThis)) {
  Object.assign(globalThis, { bangdaStarted: true });
  import(chrome.runtime.getURL("src/content.js")).then((module) => module.start());
}
