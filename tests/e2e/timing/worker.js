/**
 * Notes when a shopper's message passes through the service worker. Imported before everything else
 * by the copy of the extension that a measurement loads.
 */
const at = () => performance.timeOrigin + performance.now();
/** @type {Record<string, Record<string, number>>} */
globalThis.timing = {};
const note = (id, what) => {
  if (id) globalThis.timing[id] = { ...globalThis.timing[id], [what]: at() };
};

const frameId = (data, type) => {
  const frame = JSON.parse(data);
  return frame.type === type ? frame.request_id : "";
};
globalThis.WebSocket = class extends WebSocket {
  send(data) {
    super.send(data);
    note(frameId(data, "message"), "sent");
  }
  set onmessage(hear) {
    super.onmessage = (event) => {
      note(frameId(event.data, "suggestions"), "came");
      hear(event);
    };
  }
};

chrome.runtime.onConnect.addListener((port) => {
  const post = port.postMessage.bind(port);
  port.onMessage.addListener(({ kind, type, n }) => {
    if (kind === "request" && type === "message") note(n, "asked");
  });
  port.postMessage = (message) => {
    post(message);
    if (globalThis.timing[message.n]) note(message.n, "replied");
  };
});
