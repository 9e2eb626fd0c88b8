// `npm run dev`: builds on every change and restarts `pawl up` with what was built; arguments go to `pawl up`. A build with
// errors restarts nothing. Ctrl-C ends both.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { provideGenerated, root } from "./setup/generated.mjs";
import { step } from "./steps.mjs";

const node = process.execPath;
const inRoot = (...names) => path.join(root, ...names);

step("set-up", node, ["scripts/setup.mjs"]);
// From here on, dist/ follows the sources without set-up, which must not mistake it for its own last build.
rmSync(inRoot("dist", ".sources"), { force: true });

const tsc = inRoot("node_modules", "typescript", "bin", "tsc");
const compiler = spawn(node, [tsc, "-p", "tsconfig.json", "--watch", "--preserveWatchOutput"], {
  cwd: root,
  stdio: ["ignore", "pipe", "inherit"],
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => compiler.kill()); // ends the loop below

let pawl;
for await (const line of createInterface({ input: compiler.stdout })) {
  console.log(line);
  const errors = /Found (\d+) errors?\. Watching/.exec(line)?.[1];
  // Generated files that were old make the compiler build once more.
  if (errors === "0" && !provideGenerated()) await restart();
}
await stop();

async function restart() {
  await stop();
  const bundled = spawnSync(node, [inRoot("dist", "worker", "bundle.js")], { cwd: root, stdio: "inherit" });
  if (bundled.status !== 0) return;
  spawnSync(node, [inRoot("scripts", "setup", "page.mjs")], { cwd: root, stdio: "inherit" });
  pawl = spawn(node, [inRoot("dist", "cli", "main.js"), "up", ...process.argv.slice(2)], { stdio: "inherit" });
}

async function stop() {
  if (pawl === undefined || pawl.exitCode !== null || pawl.signalCode !== null) return;
  pawl.kill("SIGTERM");
  await once(pawl, "exit");
}
