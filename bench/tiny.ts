/** `npm run bench -- tiny`: `pawl run pipelines/tiny.yaml` with an empty store, the server's start included. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { packageRoot } from "../tensor/locations.js";
import { median, report, row } from "./harness.js";

const main = path.join(packageRoot(), "dist", "cli", "main.js");

function pawl(home: string, ...args: string[]): void {
  const env = { ...process.env, PAWL_HOME: home };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: packageRoot(),
    encoding: "utf8",
    env,
  });
  if (status !== 0) throw new Error(`pawl ${args.join(" ")} ended with ${status}\n${stdout}${stderr}`);
}

function once(): number {
  const home = mkdtempSync(path.join(os.tmpdir(), "pawl-bench-"));
  try {
    const start = performance.now();
    pawl(home, "run", "tiny");
    return (performance.now() - start) / 1000;
  } finally {
    pawl(home, "up", "--stop");
    rmSync(home, { recursive: true });
  }
}

const what = "pipelines/tiny.yaml, whole, empty store";
const ours = median([once(), once(), once()]);
report("tiny", [row({ what, unit: "s", ours, bounds: "ours", better: "lower", atLeast: 60, aim: 25 })]);
