import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "./report.mjs";

export const root = join(import.meta.dirname, "..", "..");
const directory = "compiler/generated";
const stamp = join(root, directory, ".sources");

/**
 * Generates compiler/generated/, unless it was made from exactly these sources. Returns whether it
 * did.
 */
export function provideGenerated() {
  if (isGenerated(digestOfSources())) return false;
  const fix = "node scripts/generate.mjs --if-old # its message says what is wrong in schemas/";
  run(process.execPath, [join(root, "scripts", "generate.mjs"), "--if-old"], { cwd: root, fix });
  return true;
}

/** Whether compiler/generated/ was made from sources with this digest. */
export function isGenerated(sources) {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === sources;
}

/**
 * SHA-256 over what the generator reads: the schemas, the compiler, what they import, and the lock
 * file.
 */
export function digestOfSources() {
  const names = ["schemas", "compiler", "platform"].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true }).map((name) => join(room, name)),
  );
  const sources = names.filter((name) => name.endsWith(".ts") && !name.startsWith(join(directory, "/"))).sort();
  const hash = createHash("sha256");
  for (const name of [...sources, "package-lock.json"]) hash.update(`${name}\n`).update(readFileSync(join(root, name)));
  return hash.digest("hex");
}

/** Notes that compiler/generated/ was made from sources with this digest. */
export function keepStamp(sources) {
  write(join(directory, ".sources"), sources);
}

/** Writes a file of the repository, atomically. */
export function write(path, content) {
  const target = join(root, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(`${target}.${process.pid}`, content);
  renameSync(`${target}.${process.pid}`, target);
}
