/**
 * Every string that an agent sees, from `_locales/<locale>/messages.json`: the browser reads the
 * same files for the manifest. `{name}` in a message is replaced by a value.
 */

/** @typedef {(key: string, values?: Record<string, string | number>) => string} Translate */

/**
 * @param {Record<string, {message: string}>} messages
 * @returns {Translate}
 */
export function translator(messages) {
  return (key, values = {}) => {
    const entry = messages[key];
    if (!entry) throw new RangeError(`no text for ${key}`);
    return entry.message.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
  };
}

/**
 * @param {string} locale "zh_CN" or "en"
 * @returns {Promise<Translate>}
 */
export async function loadText(locale) {
  const name = locale === "en" ? "en" : "zh_CN";
  const response = await fetch(new URL(`../_locales/${name}/messages.json`, import.meta.url));
  if (!response.ok) throw new Error(`texts for ${name}: status ${response.status}`);
  return translator(await response.json());
}
