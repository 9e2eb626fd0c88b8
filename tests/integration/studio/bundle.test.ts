import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";
import { useDirectory } from "../../support/directory.js";

const directory = useDirectory();

/** Bytes of all scripts, compressed. */
const largest = 60 * 1024;

test("the page's scripts are at most 60 KiB, compressed, and name no other host", () => {
  const result = spawnSync(process.execPath, ["scripts/setup/page.mjs", directory()], { encoding: "utf8" });
  expect([result.status, result.stderr]).toEqual([0, ""]);
  const names = readdirSync(directory());
  expect(names).toEqual(expect.arrayContaining(["index.html", "main.js", "main.css", "mode.js", "icon.svg"]));
  const texts = names.map((name) => readFileSync(path.join(directory(), name)));
  const scripts = texts.filter((_, i) => names[i]!.endsWith(".js"));
  const size = scripts.reduce((sum, text) => sum + brotliCompressSync(text).length, 0);
  process.stdout.write(`scripts of the studio: ${(size / 1024).toFixed(1)} KiB compressed\n`);
  expect(size).toBeLessThanOrEqual(largest);
  // Names of XML, which nothing loads.
  const addresses = texts.flatMap((text) => text.toString().match(/https?:\/\/[^"'`\s)]+/g) ?? []);
  expect(addresses.filter((address) => !address.startsWith("http://www.w3.org/"))).toEqual([]);
  expect(texts.join("")).not.toMatch(/<script>|<style|\sstyle=/);
});
