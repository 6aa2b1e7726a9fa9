// Classic content script: content scripts cannot be modules, so this one imports the module.
import(chrome.runtime.getURL("src/content.js")).then((module) => module.start());
