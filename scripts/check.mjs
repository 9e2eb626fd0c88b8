// `npm run check`: runs every check that does not run Pawl, at most one per processor at the same
// time. It prints each check's output when it ends, and last whether all passed. The exit code is 1
// if one failed.
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { provideGenerated, root } from "./setup/generated.mjs";

// The longest first.
const waiting = ["format", "lint", "declarations", "spelling", "arrows", "unused", "prose"];
const failed = [];

async function runCheck(name) {
  const started = performance.now();
  const child = spawn("npm", ["run", "--silent", `check:${name}`], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (code === 0) process.stderr.write(`  ${name}: ${seconds} s\n`);
  else {
    process.stderr.write(`  ${name}: failed after ${seconds} s\n${output}\n`);
    failed.push(name);
  }
}

async function runWaiting() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await runCheck(name);
}

provideGenerated();
await Promise.all(Array.from({ length: availableParallelism() }, runWaiting));
process.stderr.write(failed.length === 0 ? "checks: all passed\n" : `checks: failed: ${failed.join(", ")}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
