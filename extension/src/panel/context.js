/**
 * What every part of one panel shares. Types only.
 * @typedef {object} Context
 * @property {Document} document
 * @property {ShadowRoot} root
 * @property {import("./dom.js").MakeNode} h
 * @property {import("../text.js").Translate} t
 * @property {AbortSignal} signal ends with the panel
 * @property {import("../types.js").Link} link
 * @property {import("../types.js").Composer | null} composer
 * @property {import("../types.js").Memory} memory
 * @property {string} site
 * @property {string} platform
 * @property {() => string} language "zh" or "en", for the words that the server writes
 * @property {import("../types.js").HealthState} health
 * @property {import("../types.js").KeyMap} keys
 * @property {ReturnType<typeof import("./threads.js").threadBook>} threads
 * @property {import("./actions.js").Actions} actions
 * @property {ReturnType<typeof import("../signals.js").listeners>} news
 *   value {name, from}: a typed variable changed; message: a shopper wrote; recorded {event}: the server has it; kept: favourites or the last used ones changed
 * @property {import("./calm.js").Calm} calm holds back what would move under a pointer
 * @property {(text: string, tone?: "plain" | "wrong") => void} say one line at the foot, read out too
 * @property {() => import("./threads.js").Thread | null} current the conversation on screen
 */

export {};
