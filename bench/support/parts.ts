import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Row } from "../harness.js";
import { duration } from "../../report/values.js";

/** The result of a part of a long bench, and how long it took. */
interface DonePart {
  rows: Row[];
  seconds: number;
}

/**
 * Runs the parts of a long bench one after the other and keeps their results in a file, so that an
 * interrupted bench resumes with the part that it was in.
 * @returns the rows of all parts, in their order
 */
export async function doParts(file: string, parts: Record<string, () => Promise<Row[]>>): Promise<Row[]> {
  const done = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, DonePart>) : {};
  const names = Object.keys(parts);
  for (const [i, name] of names.entries()) {
    const kept = done[name];
    const place = `part ${i + 1} of ${names.length}, ${name}`;
    if (kept !== undefined) {
      process.stderr.write(`${place}: kept from an earlier call, where it took ${duration(kept.seconds * 1000)}\n`);
      continue;
    }
    process.stderr.write(`${place}\n`);
    const began = performance.now();
    const rows = await parts[name]!();
    done[name] = { rows, seconds: (performance.now() - began) / 1000 };
    save(file, done);
    process.stderr.write(`  ${duration(done[name].seconds * 1000)}\n`);
  }
  return names.flatMap((name) => done[name]!.rows);
}

function save(file: string, done: Record<string, DonePart>): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, JSON.stringify(done));
  renameSync(`${file}.part`, file);
}
