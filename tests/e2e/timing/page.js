/**
 * Notes, in the content script's world, when a shopper's message leaves and its answer comes, and how
 * long each stretch of the extension's own work is. Told to the page when it asks by an event.
 */
const at = () => performance.timeOrigin + performance.now();
const timing = {};
const stretches = [];

const note = (id, what) => {
  timing[id] = { ...timing[id], [what]: at() };
};
const timed =
  (work) =>
  (...given) => {
    const start = performance.now();
    try {
      return work(...given);
    } finally {
      stretches.push(performance.now() - start);
    }
  };

const connect = chrome.runtime.connect.bind(chrome.runtime);
chrome.runtime.connect = (options) => {
  const port = connect(options);
  const post = port.postMessage.bind(port);
  port.postMessage = (message) => {
    if (message.kind === "request" && message.type === "message") note(message.n, "posted");
    post(message);
  };
  port.onMessage.addListener(({ n }) => {
    if (timing[n]) note(n, "back");
  });
  return port;
};

const Observer = globalThis.MutationObserver;
globalThis.MutationObserver = class extends Observer {
  constructor(hear) {
    super(timed(hear));
  }
};
const later = globalThis.setTimeout;
globalThis.setTimeout = (work, ...rest) => later(timed(work), ...rest);

document.addEventListener("timing-ask", () => {
  document.documentElement.dataset.timing = JSON.stringify({ timing, stretches });
  stretches.length = 0;
});
