import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { identify, thisMachine } from "../../../platform/processes/process-identity.js";
import { RenewalWatch } from "../../../store/ownership/renewals.js";
import { orphanedTasks, readTask, TaskFile, type StageTask } from "../../../worker/supervision/task-file.js";
import { useDirectory } from "../../support/directory.js";

const home = useDirectory();
const task = (more: Partial<StageTask> = {}): StageTask => ({
  ...identify(process.pid),
  taskToken: "dG9rZW4=",
  runId: "run",
  stage: "base",
  attempt: 1,
  ended: false,
  ...more,
});

describe("the task of a worker process", () => {
  it("is read as it was written last, however much shorter that is", () => {
    const file = new TaskFile(home());
    file.write(task({ stage: "x".repeat(9000) }));
    file.write(task({ attempt: 2 }));
    expect(readTask(home(), process.pid)).toEqual(task({ attempt: 2 }));
    file.remove();
    expect(readTask(home(), process.pid)).toBeUndefined();
  });
  it("is not there when the process was killed before it wrote it", () => {
    const file = new TaskFile(home());
    expect(readTask(home(), process.pid)).toBeUndefined();
    file.remove();
  });
  it("is not taken from a process that lives", () => {
    const file = new TaskFile(home());
    file.write(task());
    expect(orphanedTasks(home())).toEqual([]);
    file.remove();
  });
  it("is orphaned when its process has died, or another process has its id", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    const dead = task({ pid: child.pid!, started: "1" });
    const replaced = task({ started: "1" });
    new TaskFile(home()).remove();
    for (const left of [dead, replaced])
      writeFileSync(path.join(home(), "tasks", `${thisMachine()}.${left.pid}.json`), JSON.stringify(left));
    const byPid = (a: StageTask, b: StageTask): number => a.pid - b.pid;
    expect(orphanedTasks(home()).sort(byPid)).toEqual([dead, replaced].sort(byPid));
    expect(orphanedTasks(home(), new Set([child.pid!]))).toEqual([replaced]);
  });
  it("of another machine or container is left alone, whatever the host's name, until nobody can be left to report it", () => {
    new TaskFile(home()).remove();
    const machine = "0".repeat(12);
    const elsewhere = task({ machine, started: "1", pid: process.pid });
    const file = path.join(home(), "tasks", `${machine}.${process.pid}.json`);
    writeFileSync(file, JSON.stringify(elsewhere));
    expect(orphanedTasks(home())).toEqual([]);
    expect(readdirSync(path.join(home(), "tasks"))).toEqual([path.basename(file)]);
    const week = 7 * 24 * 3_600_000;
    let now = 0;
    const watch = new RenewalWatch(() => now);
    // A file that was last written long ago, by a clock that may be wrong.
    for (const [seconds, files] of [
      [0, 1],
      [1, 1],
      [1, 0],
    ] as const) {
      utimesSync(file, seconds, seconds);
      expect(orphanedTasks(home(), new Set(), watch)).toEqual([]);
      expect(readdirSync(path.join(home(), "tasks"))).toHaveLength(files);
      now += week;
    }
  });
  it("is renewed while its process lives, though it has no task for days", () => {
    jest.useFakeTimers();
    try {
      const mine = new TaskFile(home());
      const file = path.join(home(), "tasks", `${thisMachine()}.${process.pid}.json`);
      utimesSync(file, 0, 0);
      jest.advanceTimersByTime(3_600_000);
      expect(statSync(file).mtimeMs).toBeGreaterThan(0);
      mine.remove();
    } finally {
      jest.useRealTimers();
    }
  });
  it("that a process was killed before it wrote leaves no file", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    new TaskFile(home());
    const empty = path.join(home(), "tasks", `${thisMachine()}.${child.pid!}.json`);
    writeFileSync(empty, "");
    expect(orphanedTasks(home())).toEqual([]);
    expect(existsSync(empty)).toBe(false);
    // This process lives, and has no task yet.
    expect(readdirSync(path.join(home(), "tasks"))).toHaveLength(1);
  });
});
