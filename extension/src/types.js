/**
 * The shapes that the parts of the extension hand to each other. Types only:
 * the frames of the live protocol are in `protocol.js`.
 *
 * Page side, in the order in which a page comes up:
 *   `loader.js` (classic content script) imports `content.js`, which
 *   1. calls `openPort({signal})` of `port_link.js` → {@link PageSession},
 *   2. finds the site adapter (`sites/registry.js`), starts watcher and composer,
 *   3. calls `mountPanel({...})` of `panel/panel.js` → {@link Panel},
 *   4. reports conversations and messages to the panel; the panel asks the server.
 */

/** @typedef {import("./protocol.js").Suggestion} Suggestion */
/** @typedef {import("./protocol.js").Warning} Warning */
/** @typedef {import("./protocol.js").Welcome} Welcome */

/**
 * One earlier line of a conversation, oldest first.
 * @typedef {{from: "shopper" | "agent", text: string}} Turn
 */

/**
 * Who the agent is talking to. `conversation_id` is unique within a site.
 * @typedef {object} Conversation
 * @property {string} conversation_id
 * @property {{id?: string, name?: string}} [shopper]
 * @property {boolean} [identity_unsure] the name is masked and the page shows no id
 * @property {PageContext} [page]
 */

/**
 * What the page says besides the chat; fills variables.
 * @typedef {{product?: string, order_id?: string, [name: string]: string | undefined}} PageContext
 */

/**
 * One burst of a shopper, joined. Give each burst to the panel exactly once; a burst that
 * grew is a new message with the id of its last bubble.
 * @typedef {object} ShopperMessage
 * @property {string} conversation_id
 * @property {string} message_id
 * @property {string} text
 * @property {{id?: string, name?: string}} [shopper]
 * @property {string} [sent_at] ISO 8601
 * @property {PageContext} [page]
 * @property {Turn[]} [history]
 * @property {boolean} [answered] an agent's line already follows it: shown, no clock
 * @property {number} [since_ms] epoch milliseconds since when the page's list showed this shopper
 *   waiting, before the conversation was opened
 */

/**
 * A shopper who waits for an answer, for the clocks.
 * @typedef {object} Waiting
 * @property {string} conversation_id
 * @property {string} name
 * @property {number} since_ms epoch milliseconds of the oldest unanswered message
 * @property {boolean} [first] no agent has answered in this conversation yet (greeting clock)
 */

/**
 * What a suggestion was made for. The composer refuses when any of the three is no longer
 * what the page shows.
 * @typedef {object} Binding
 * @property {string} site
 * @property {string} conversation_id
 * @property {string} message_id the shopper's last message; "" where the reply was searched for
 */

/**
 * Why nothing may be inserted. `ok` goes with "".
 * @typedef {"" | "read_only" | "no_box" | "other_conversation" | "newer_message" | "composing" | "page_changed" | "not_taken" | "too_long" | "no_images"} InsertRefusal
 */

/**
 * An image as it goes over a port, which carries JSON only.
 * @typedef {{name: string, media_type: string, content: string}} EncodedImage `content` in base64
 */

/**
 * The page's reply box. `null` in its place means: copy only (the stand-alone panel page).
 * @typedef {object} Composer
 * @property {(binding: Binding) => {ok: boolean, reason: InsertRefusal} | Promise<{ok: boolean, reason: InsertRefusal}>} canInsert
 * @property {(text: string, binding: Binding) => Promise<{ok: boolean, how: string, reason?: InsertRefusal}>} insert
 *   fills at the cursor; never sends. `how` names the rung of the ladder that took.
 * @property {(image: EncodedImage, binding: Binding) => Promise<{ok: boolean, how: string, reason?: InsertRefusal}>} [insertImage]
 *   pastes an image into a box whose editor takes it; never sends. `no_images` where it does not
 * @property {() => string} draft what stands in the box now; "" when empty
 * @property {(text: string) => Promise<{ok: boolean, how: string, reason?: InsertRefusal}>} [replaceDraft]
 *   puts `text` in place of the whole draft (one-click rewrite), one undo step
 * @property {(fn: (text: string) => void, options: {signal: AbortSignal}) => void} onDraft
 *   every change of the box by a person or the page, never while an IME composes
 * @property {(fn: (sent: {conversation_id: string, text: string, sent_at?: string}) => void, options: {signal: AbortSignal}) => void} onSent
 *   an own bubble appeared in the page: a person has sent it
 */

/**
 * Whether the page can be trusted. `ok` reads and fills; `read_only` reads, copy only;
 * `broken` neither; `untaught` an unknown page that can be taught.
 * @typedef {object} HealthState
 * @property {"ok" | "read_only" | "broken" | "untaught"} state
 * @property {"" | "list" | "direction" | "box" | "identity" | "by_choice" | "consent" | "unknown_page"} [cause]
 * @property {string} [site]
 * @property {string} [adapter_version]
 * @property {string} [detail] for the lead, not shown to the agent
 */

/**
 * The line to the server. Two makers: `socketLink` (link.js: service worker, /panel, /demo)
 * and `openPort` (port_link.js: content scripts).
 * @typedef {object} Link
 * @property {LinkState} state
 * @property {(type: "message" | "draft" | "search" | "event" | "phrase" | "waiting" | "work" | "image" | "shopper", fields: Record<string, unknown>, options?: {signal?: AbortSignal, timeout_ms?: number}) => Promise<any>} request
 *   resolves with the answering frame; rejects with a {@link LinkError}. An `event` never
 *   rejects for a lost connection: it is kept and sent again until `recorded`.
 * @property {<K extends "state" | "library_changed" | "settings">(type: K, fn: (value: any) => void, options: {signal: AbortSignal}) => void} on
 *   `state` gives a LinkState and is called at once with the current one.
 */

/**
 * @typedef {Error & {code: string}} LinkError codes: away, timeout, aborted, or the server's own
 */

/**
 * @typedef {object} LinkState
 * @property {"unpaired" | "connecting" | "ready" | "away" | "revoked" | "version" | "reload"} status
 *   `reload`: the extension was updated or removed, the page must be loaded again
 * @property {Welcome | null} welcome of the last good connection, kept while away
 * @property {number} [retry_at_ms] epoch milliseconds of the next try while away
 * @property {string} [detail] the server's words, where it gave some
 * @property {number} [pending_events] kept on this side until the server has them on disk
 */

/**
 * Small things that the panel remembers (place, favourites, recent). Values are JSON.
 * Keys: `place:<site>`, `favourites`, `recent`, `shelf` (the words of both), and for the session only
 * `clocks:<site>`.
 * @typedef {object} Memory
 * @property {(key: string) => Promise<any>} get undefined when never set
 * @property {(key: string, value: unknown) => Promise<void>} set
 */

/**
 * Choices from the options page.
 * @typedef {object} Prefs
 * @property {"auto" | "zh_CN" | "en"} locale
 * @property {"auto" | "light" | "dark"} theme
 * @property {KeyMap} keys
 * @property {"side" | "page"} [dock] where the panel stands beside a chat page: in the browser's side panel
 *   where there is one, or over the page
 */

/**
 * Combinations as `Alt+KeyS` (event.code). `pick` is the modifier that goes with a digit.
 * @typedef {{pick: string, focus: string, search: string, fold: string, next: string, request: string}} KeyMap
 */

/**
 * What `openPort({signal})` resolves with, in a content script.
 * @typedef {object} PageSession
 * @property {Link} link
 * @property {Memory} memory
 * @property {SiteSwitch} site how this page's site is switched
 * @property {Prefs} prefs
 * @property {string} locale the one that `prefs.locale: auto` comes to
 * @property {(fn: (change: {site: SiteSwitch, prefs: Prefs, locale: string}) => void, options: {signal: AbortSignal}) => void} onChange
 *   the agent changed something on the options page
 * @property {(fields: Record<string, unknown>) => void} reportHealth event `adapter_health`
 * @property {() => void} openOptions
 * @property {SideLine | null} side null where the browser has no side panel, or the agent wants none
 * @property {() => void} openSide after a click only: browsers open it for nothing else
 * @property {(adapter: Record<string, unknown>) => Promise<{ok: boolean, errors: string[]}>} saveAdapter
 *   stores a taught adapter under `adapter.id`
 */

/**
 * @typedef {object} SiteSwitch
 * @property {string} id "" when no adapter knows the page
 * @property {boolean} on
 * @property {boolean} read_only
 * @property {Record<string, unknown> | null} adapter the edited, taught or updated adapter file that
 *   takes the place of the shipped one; null: use the shipped one. Where none was shipped either, the
 *   page was added on the options page and waits to be taught: save the adapter under this `id`
 * @property {{who: string, at: string, clause: string} | null} consent
 */

/**
 * What background and options page need to know of a site. `sites/registry.js` exports
 *   `siteEntries: SiteEntry[]`, `siteFor(url: string, entries?) → SiteEntry | null` and
 *   `validateAdapter(value: unknown) → {ok: boolean, errors: string[]}` (no DOM in these:
 *   the service worker imports them).
 * @typedef {object} SiteEntry
 * @property {string} id
 * @property {string} name_zh
 * @property {string} name_en
 * @property {string[]} matches match patterns of the chat pages
 * @property {boolean} [all_frames]
 * @property {string} [platform] the platform's name in library and rules, e.g. 快手
 * @property {"kuaishou_2_11"} [consent] a notice that must be accepted first
 * @property {string} [version]
 * @property {Record<string, unknown>} [adapter] the shipped adapter file, for the JSON editor
 * @property {boolean} [shipped] false: an agent added it
 */

/** @typedef {{threads: import("./panel/threads.js").KeptThread[], here: string}} Known */

/**
 * A page's line to the panel in the browser's side panel.
 * @typedef {object} SideLine
 * @property {() => boolean} isOpen
 * @property {(body: Record<string, unknown>) => void} post
 * @property {(type: "open" | "body", fn: (value: any) => void, signal: AbortSignal) => void} on
 */

/** @typedef {{left: number, top: number, right: number, bottom: number}} PanelRect */

/**
 * `mountPanel(options)` of panel/panel.js.
 * @typedef {object} PanelOptions
 * @property {Document} document
 * @property {Link} link
 * @property {Composer | null} composer
 * @property {string} locale "zh_CN" or "en"
 * @property {string} site adapter id; part of every binding
 * @property {string} [platform] the platform's name in library and rules, e.g. 快手; goes with every
 *   message and draft
 * @property {Memory} [memory] kept in the page's memory when left out
 * @property {Prefs} [prefs]
 * @property {Element} [container] fill this element; without it the panel floats over the page
 * @property {"strip" | "full"} [mode] how it starts when nothing is remembered
 * @property {() => void} [onTeach] starts click-to-teach; shown where health is `untaught` or `broken`
 * @property {() => void} [onOptions] opens the options page
 * @property {(conversation_id: string) => void} [onPick] brings up a conversation. Leave out
 *   where only the page itself can do that (every real seller page)
 * @property {Known} [known] of a panel whose place this one takes
 * @property {(known: Known) => void} [onKnown] told after changes
 * @property {() => void} [onSide] opens the browser's side panel; shown where there is one
 * @property {(conversation_id: string) => boolean | Promise<any>} [onPoint] shows the row of a conversation in the page's
 *   list, for the agent to click; whether it is there
 * @property {(waiting: Waiting[]) => void} [onWaiting] who waits, the one on screen too; told once a second
 *   while somebody does
 * @property {() => {box: PanelRect[], lines: PanelRect[], rows?: PanelRect[]}} [keepClear] what a panel
 *   over a page must not cover: reply box and send button, the newest lines, the list of conversations
 */

/**
 * @typedef {object} Panel
 * @property {(conversation: Conversation) => void} showConversation the page switched to it
 * @property {(message: ShopperMessage) => void} showMessage asks the server once and shows the answer;
 *   a message of a conversation not on screen is kept for when it is
 * @property {(conversation_id: string) => void} withdraw the shopper took back what stood to be answered
 * @property {(waiting: Waiting[], answered?: string[]) => void} setWaiting who waits by the page's list
 *   of conversations, the one on screen left out; comes beside what the panel knows from showMessage
 *   and onSent. `answered` names conversations that somebody answered elsewhere
 * @property {(health: HealthState) => void} setHealth
 * @property {(looks: {prefs: Prefs, locale: string}) => void} setLooks language, light or dark and keys;
 *   conversations, clocks and what is typed stay
 * @property {(key: import("./panel/panel_keys.js").PanelKey) => void} press a key pressed where the panel
 *   cannot hear it
 * @property {() => Known} known all that another panel needs to go on from here
 * @property {() => void} lookAgain the page changed: box or lines may stand elsewhere
 * @property {() => void} focusReplies the keyboard goes to the suggestions, once they are there
 * @property {HTMLElement} host to be left out of what the watcher reads
 * @property {() => void} destroy takes every node and listener away
 */

export {};
