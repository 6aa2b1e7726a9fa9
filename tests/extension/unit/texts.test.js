import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { translator } from "../../../extension/src/text.js";

const ROOT = join(import.meta.dirname, "../../../extension");
const messages = (locale) =>
  JSON.parse(readFileSync(join(ROOT, "_locales", locale, "messages.json"), "utf8"));
const zh = messages("zh_CN");
const en = messages("en");

const sources = readdirSync(ROOT, { recursive: true })
  .filter((name) => name.endsWith(".js"))
  .map((name) => readFileSync(join(ROOT, name), "utf8"))
  .join("\n");
const manifest = readFileSync(join(ROOT, "manifest.json"), "utf8");

test("both languages have the same texts with the same values", () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(zh).sort());
  const values = ({ message }) => (message.match(/\{\w+\}/g) ?? []).sort();
  for (const key of Object.keys(zh)) assert.deepEqual(values(en[key]), values(zh[key]), key);
});

test("every text that the code asks for exists", () => {
  for (const [, key] of sources.matchAll(/\bt\(\s*"(\w+)"/g)) assert.ok(zh[key], key);
  for (const [, prefix] of sources.matchAll(/\bt\(\s*`(\w+)\$\{/g)) {
    assert.ok(
      Object.keys(zh).some((key) => key.startsWith(prefix)),
      prefix,
    );
  }
});

test("no text is there for nobody", () => {
  const prefixes = [...sources.matchAll(/`(\w+_)\$\{/g)].map(([, prefix]) => prefix);
  const suffixes = [...sources.matchAll(/`\$\{\w+\}(_\w+)`/g)].map(([, suffix]) => suffix);
  const used = (key) =>
    sources.includes(`"${key}"`) ||
    manifest.includes(`__MSG_${key}__`) ||
    prefixes.some((prefix) => key.startsWith(prefix)) ||
    suffixes.some((suffix) => key.endsWith(suffix));
  assert.deepEqual(
    Object.keys(zh).filter((key) => !used(key)),
    [],
  );
});

test("values are put in, a missing text is an error", () => {
  const t = translator({ left: { message: "还有 {n} 条 {x}" } });
  assert.equal(t("left", { n: 3 }), "还有 3 条 {x}");
  assert.throws(() => t("nothing"), /no text for nothing/);
});

test("nodes are made, never written as markup; nothing is sent or pressed for a person", () => {
  for (const forbidden of [
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write/,
    /\beval\(|new Function/,
  ]) {
    assert.doesNotMatch(sources, forbidden);
  }
  assert.doesNotMatch(sources, /KeyboardEvent\(|requestSubmit|\.submit\(\)/);
});
