import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

const sheet = readFileSync(new URL("../../../extension/src/panel/tokens.css", import.meta.url), "utf8");
const tokens = new Map(
  [...sheet.matchAll(/--bd-([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [
    name,
    { light, dark },
  ]),
);

/** Relative luminance of #rrggbb (WCAG 2.2). */
function luminance(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ["ground", "surface", "sunken", "hover"];
const WORDS = [
  ...["ink", "ink-2", "ink-3", "accent"].flatMap((ink) => GROUNDS.map((ground) => [ink, ground])),
  ["accent-strong", "accent-soft"],
  ["on-accent", "accent"],
  ["on-accent", "accent-strong"],
  ...["high", "ink", "ink-2"].map((ink) => [ink, "high-soft"]),
  ...["medium", "ink", "ink-2"].map((ink) => [ink, "medium-soft"]),
  ["ink-3", "accent-soft"],
];

for (const scheme of ["light", "dark"]) {
  test(`words are readable in the ${scheme} scheme`, () => {
    const poor = WORDS.map(([ink, ground]) => [
      `${ink} on ${ground}`,
      contrast(tokens.get(ink)[scheme], tokens.get(ground)[scheme]),
    ]).filter(([, ratio]) => ratio < 4.5);
    assert.deepEqual(poor, []);
  });

  test(`edges of fields are visible in the ${scheme} scheme`, () => {
    assert.ok(contrast(tokens.get("line-strong")[scheme], tokens.get("surface")[scheme]) >= 3);
  });
}
