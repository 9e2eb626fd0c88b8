// `npm run dev`: builds on every change and restarts `pawl up` with what was built; arguments go to
// `pawl up`. A build with errors restarts nothing. Ctrl-C ends both.
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { build } from "./setup/build.mjs";
import { provideGenerated, root } from "./setup/generated.mjs";
import { SetupError } from "./setup/report.mjs";
import { step } from "./steps.mjs";

const node = process.execPath;
const inRoot = (...names) => path.join(root, ...names);

step("set-up", node, ["scripts/setup.mjs"]);

const tsc = inRoot("node_modules", "typescript", "bin", "tsc");
const checker = spawn(node, [tsc, "-p", "tsconfig.json", "--watch", "--preserveWatchOutput"], {
  cwd: root,
  stdio: ["ignore", "pipe", "inherit"],
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => checker.kill()); // ends the loop below

let pawl;
for await (const line of createInterface({ input: checker.stdout })) {
  console.log(line);
  const errors = /Found (\d+) errors?\. Watching/.exec(line)?.[1];
  // Generated files that were old make the compiler build once more.
  if (errors === "0" && !provideGenerated()) await restart();
}
await stop();

async function restart() {
  await stop();
  try {
    build(root);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return console.error(error.message);
  }
  pawl = spawn(node, [inRoot("dist", "cli", "main.js"), "up", ...process.argv.slice(2)], { stdio: "inherit" });
}

async function stop() {
  if (pawl === undefined || pawl.exitCode !== null || pawl.signalCode !== null) return;
  pawl.kill("SIGTERM");
  await once(pawl, "exit");
}
