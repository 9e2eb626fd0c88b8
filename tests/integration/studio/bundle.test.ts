import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";
import { useDirectory } from "../../support/directory.js";

const directory = useDirectory();

/**
 * Bytes of the scripts, compressed: of the editor, which is loaded where it is shown, and of all
 * others.
 */
const largest = { editor: 150 * 1024, others: 60 * 1024 };

test("the page's scripts are at most 60 KiB, compressed, the editor 150 KiB, and name no other host", () => {
  const result = spawnSync(process.execPath, ["scripts/setup/page.mjs", directory()], { encoding: "utf8" });
  expect([result.status, result.stderr]).toEqual([0, ""]);
  const names = readdirSync(directory());
  expect(names).toEqual(expect.arrayContaining(["index.html", "main.js", "main.css", "mode.js", "icon.svg"]));
  const texts = names.map((name) => readFileSync(path.join(directory(), name)));
  const sizes = { editor: 0, others: 0 };
  for (const [i, name] of names.entries())
    if (name.endsWith(".js"))
      sizes[name.startsWith("code-editor-") ? "editor" : "others"] += brotliCompressSync(texts[i]!).length;
  const shown = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;
  process.stdout.write(`scripts of the studio: ${shown(sizes.others)}, editor: ${shown(sizes.editor)}, compressed\n`);
  expect(sizes.editor).toBeGreaterThan(0);
  expect(sizes.editor).toBeLessThanOrEqual(largest.editor);
  expect(sizes.others).toBeLessThanOrEqual(largest.others);
  // Names of XML, which nothing loads.
  const addresses = texts.flatMap((text) => text.toString().match(/https?:\/\/[^"'`\s)]+/g) ?? []);
  expect(addresses.filter((address) => !address.startsWith("http://www.w3.org/"))).toEqual([]);
  expect(texts.join("")).not.toMatch(/<script>|<style|\sstyle=/);
});
