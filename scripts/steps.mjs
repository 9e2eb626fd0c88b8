// Runs commands one after another with their output shown; the first failure ends the script with
// its exit code.
import { spawnSync } from "node:child_process";
import path from "node:path";

// Ctrl-C reaches the command as well: it ends in good order, and this script after it.
process.on("SIGINT", () => {});

export const root = path.resolve(import.meta.dirname, "..");

/** Runs a command in the project's directory; ends this process if it fails. */
export function step(title, command, args, options = {}) {
  if (title) process.stderr.write(`\n▸ ${title}\n`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (error) process.stderr.write(`${command}: ${error.message}\n`);
  if (status !== 0) process.exit(status ?? 1);
}
