import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** What runs set-up again: in a clone, which has sources, or for an installed package. */
export const setUpCommand = existsSync(join(import.meta.dirname, "..", "..", "tsconfig.json"))
  ? "node scripts/setup.mjs"
  : "npx pawl setup";

/** What stops set-up: what is missing, and the command that fixes it. */
export class SetupError extends Error {
  constructor(message, fix) {
    super(message);
    this.fix = fix;
  }
}

/** Prints on standard error what is being done and how long it took. */
export function step(what, work) {
  const started = performance.now();
  process.stderr.write(`  ${what} …\n`);
  const result = work();
  process.stderr.write(`  ${what}: done in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  return result;
}

/**
 * Runs a program to its end. Its output is shown on a terminal; otherwise its end is part of the
 * error.
 */
export function run(command, args, { fix, ...options } = {}) {
  // Standard output belongs to the command that needs set-up.
  const shown = process.stderr.isTTY ? process.stderr.fd : "pipe";
  const result = spawnSync(command, args, {
    stdio: ["ignore", shown, "pipe"],
    encoding: "utf8",
    maxBuffer: 1 << 28,
    ...options,
  });
  if (result.status === 0) return;
  const said = `${result.stdout ?? ""}${result.stderr ?? ""}`.trim().split("\n").slice(-15).join("\n");
  const why = result.error ? result.error.message : `ended with ${result.status ?? result.signal}`;
  throw new SetupError(`\`${command} ${args.join(" ")}\` ${why}\n${said}`, fix);
}

/** Whether a program can be started and ends with 0. */
export function works(command, args) {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}
