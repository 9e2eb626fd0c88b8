import { spawnSync } from "node:child_process";
import { packageRoot } from "../../platform/program/locations.js";
import { row, type Row } from "../harness.js";

/**
 * Each file of a finished run's home damaged in ten ways, and a disk that is full at each write of
 * an attempt in turn.
 */
const files = ["damaged-store", "full-disk"].map((name) => `tests/integration/worker/${name}.test.ts`);

/** The tests that attack the store, each a separate case. */
export function storeRows(): Row[] {
  const { stdout, stderr } = spawnSync(process.execPath, ["node_modules/jest/bin/jest.js", "--json", ...files], {
    cwd: packageRoot(),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  const told = /^\{.*"numTotalTests".*\}$/m.exec(stdout)?.[0];
  if (told === undefined) throw new Error(`the tests of the store gave no report: ${stderr.slice(-2000)}`);
  const { numTotalTests, numPassedTests } = JSON.parse(told) as { numTotalTests: number; numPassedTests: number };
  return [
    row({
      what: `damaged records and full disks, tests that do not pass, of ${numTotalTests}`,
      unit: "tests",
      ours: numTotalTests - numPassedTests,
      bounds: "ours",
      better: "lower",
      atLeast: 0,
      aim: 0,
    }),
  ];
}
