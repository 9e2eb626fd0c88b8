import fs, { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { StageContext } from "../../../activities/stage.js";
import { homeKey } from "../../../store/ownership/home-key.js";
import { layout } from "../../../store/home.js";
import { TaskFile } from "../../../worker/supervision/task-file.js";
import { useDirectory } from "../../support/directory.js";
import { attempt, processWith, request } from "../../support/attempt.js";
const home = useDirectory();

/** Every call of Node's by which this process takes up room on a disk. */
const writes = {
  promises: ["appendFile", "copyFile", "cp", "link", "mkdir", "open", "rename", "writeFile"],
  sync: ["appendFileSync", "mkdirSync", "openSync", "renameSync", "writeFileSync", "writeSync", "ftruncateSync"],
  handle: ["appendFile", "datasync", "sync", "truncate", "write", "writeFile", "writev"],
} as const;

/**
 * Has the n-th write from now on (0: none) meet a full disk. Returns how many there were so far.
 */
async function fillAt(nth: number): Promise<() => number> {
  let calls = 0;
  const handle = await fs.promises.open(process.execPath, "r");
  const prototype = Object.getPrototypeOf(handle) as object;
  await handle.close();
  const wrap = (owner: object, name: string): void => {
    const functions = owner as Record<string, (...given: unknown[]) => unknown>;
    const original = functions[name]!;
    const isPromise = owner !== fs;
    jest.spyOn(functions, name).mockImplementation(function (this: unknown, ...given: unknown[]) {
      const reads = name.startsWith("open") && (given[1] === undefined || given[1] === "r");
      if (reads || ++calls !== nth) return original.apply(this, given);
      const full = Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), { code: "ENOSPC" });
      if (isPromise) return Promise.reject(full);
      throw full;
    });
  };
  for (const name of writes.promises) wrap(fs.promises, name);
  for (const name of writes.sync) wrap(fs, name);
  for (const name of writes.handle) wrap(prototype, name);
  return () => calls;
}

/** Two checkpoints, metrics, logs and an artifact; what it leaves depends on every step. */
async function work(_: never, context: StageContext) {
  const last = await context.checkpoints.latest();
  let text = last === undefined ? "" : readFileSync(path.join(last.directory, "state"), "utf8");
  for (let step = (last?.step ?? 0) + 1; step <= 2; step++) {
    text += `step ${step}\n`;
    context.recordMetrics(step, { loss: 1 / step });
    context.log(`step ${step}`);
    await context.checkpoints.save(step, (directory) => writeFileSync(path.join(directory, "state"), text));
  }
  const train = await context.putArtifact("dataset", (directory) => writeFileSync(path.join(directory, "rows"), text));
  return { outputs: { train, heldOut: train }, metrics: { trainRows: 2 } };
}

/** Attempts until one succeeds, the n-th write of all meeting a full disk. */
async function untilDone(nth: number) {
  const worker = processWith(home(), work, { taskFile: new TaskFile(home()) });
  const asked = (number: number) => request({ runId: `run ${nth}`, attempt: number, seed: nth, reuse: false });
  // Lost lines of the run's log are reported here.
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
  const calls = await fillAt(nth);
  const first = await attempt(worker, asked(1)).catch((error: unknown) => error);
  const outcome = first instanceof Error ? await attempt(worker, asked(2)) : first;
  const made = calls();
  jest.restoreAllMocks();
  worker.taskFile?.remove();
  return { failure: first instanceof Error ? first : undefined, outcome, calls: made };
}

/** Its time and its receipt, which names the run, are another in each run. */
const withoutRun = (outcome: unknown): object => ({ ...(outcome as object), workMs: undefined, receipt: undefined });

test("a disk that is full at any write costs an attempt at most, and leaves nothing half", async () => {
  const calm = await untilDone(0);
  expect(calm.failure).toBeUndefined();
  expect(calm.calls).toBeGreaterThan(30);
  let failed = 0;
  for (let nth = 1; nth <= calm.calls; nth++) {
    const { failure, outcome } = await untilDone(nth);
    if (failure !== undefined) {
      failed++;
      expect(failure).toMatchObject({ type: "DISK_FULL", nonRetryable: false });
    }
    expect(withoutRun(outcome)).toEqual(withoutRun(calm.outcome));
  }
  expect(failed).toBeGreaterThan(calm.calls / 2);
  expect(readdirSync(layout.temporary(home()))).toEqual([]);
});

test("a key of the home directory that has no room is a full disk, which is waited for", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  jest.spyOn(fs, "writeFileSync").mockImplementation(() => {
    throw full;
  });
  try {
    expect(() => homeKey(home())).toThrow(expect.objectContaining({ code: "DISK_FULL" }) as Error);
  } finally {
    jest.restoreAllMocks();
  }
});
