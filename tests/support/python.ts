import { spawnSync } from "node:child_process";

/** Python with the packages that a test compares with: `PAWL_PYTHON`, else `python3`. */
export const python = process.env["PAWL_PYTHON"] ?? "python3";

/**
 * A test against packages of Python: skipped, and counted as skipped, where Python lacks them: they
 * are no dependency of Pawl's.
 * @param packages as `import` names them
 */
export function testWithPython(packages: readonly string[], name: string, work: jest.ProvidesCallback): void {
  const finds = "import importlib.util as u, sys; sys.exit(not all(u.find_spec(name) for name in sys.argv[1:]))";
  if (spawnSync(python, ["-c", finds, ...packages], { env: process.env }).status === 0) test(name, work);
  else test.skip(`${name} (${python} lacks ${packages.join(" or ")}: set PAWL_PYTHON to one that has them)`, work);
}

/**
 * A test against torch and transformers. What they computed once (`tests/fixtures/parity.json`,
 * `rope.json`) is checked in every run.
 */
export function testWithTorch(name: string, work: jest.ProvidesCallback): void {
  testWithPython(["torch", "transformers"], name, work);
}

/** Runs a script and reads the JSON that it prints. */
export function runPython<T>(script: string, ...args: string[]): T {
  const { stdout, stderr } = spawnSync(python, [script, ...args], { encoding: "utf8", maxBuffer: 1 << 26 });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as T;
}
