/**
 * Cutting text to a length between characters: half of an emoji is no text, and no server takes it.
 */

/** @param {string} text @param {number} length in characters */
export const firstOf = (text, length) => (text.length <= length ? text : [...text].slice(0, length).join(""));

/** @param {string} text @param {number} length in characters */
export const lastOf = (text, length) => (text.length <= length ? text : [...text].slice(-length).join(""));
