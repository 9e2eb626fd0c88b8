import { spawnSync } from "node:child_process";

/** Python with torch and transformers: `PAWL_PYTHON`, else `python3`. */
const python = process.env["PAWL_PYTHON"] ?? "python3";
const finds = "import importlib.util as u, sys; sys.exit(not (u.find_spec('torch') and u.find_spec('transformers')))";
const found = spawnSync(python, ["-c", finds]).status === 0;

/**
 * A test against torch and transformers: skipped, and counted as skipped, where Python lacks them: they are
 * no dependency of Pawl's. What they computed once (`tests/fixtures/parity.json`, `rope.json`) is checked in every run.
 */
export function testWithTorch(name: string, work: jest.ProvidesCallback): void {
  if (found) test(name, work);
  else test.skip(`${name} (${python} has no torch and transformers: set PAWL_PYTHON to one that has)`, work);
}

/** Runs a script and reads the JSON that it prints. */
export function runPython<T>(script: string, ...args: string[]): T {
  const { stdout, stderr } = spawnSync(python, [script, ...args], { encoding: "utf8", maxBuffer: 1 << 26 });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as T;
}
