import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { identify, lives } from "../../../platform/processes/process-identity.js";
import { busyProgram, stress } from "../../../verify/stress.js";

/** State of a process as the system names it: T is stopped. */
const stateOf = (pid: number): string => execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });

test("a worker process is stopped, and continues at the end", async () => {
  const worker = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000); console.log('here')"]);
  await once(worker.stdout, "data");
  const rig = {
    processes: () => [
      { name: "workflows", pid: process.pid },
      { name: "cpu 1", pid: worker.pid! },
    ],
    serverPid: () => undefined,
    progress: () => "",
  };
  const ended = new AbortController();
  const stopped = stress(rig, ended.signal, { betweenMs: 1, stoppedMs: 2 ** 30 });
  while (!stateOf(worker.pid!).startsWith("T")) await new Promise(setImmediate);
  ended.abort();
  expect(await stopped).toEqual({
    busyProcesses: availableParallelism(),
    stops: { worker: 1, workflows: 0, server: 0 },
    stoppedMs: 2 ** 30,
  });
  expect(stateOf(worker.pid!)).not.toMatch(/^T/);
  worker.kill("SIGKILL");
  await once(worker, "exit");
});

test("a process is stopped again only once the run has come farther", async () => {
  const ended = new AbortController();
  const happened: string[] = [];
  const worker = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const rig = {
    processes: () => {
      happened.push("stopped");
      if (happened.filter((what) => what === "stopped").length === 2) ended.abort();
      return [{ name: "cpu 1", pid: worker.pid! }];
    },
    serverPid: () => undefined,
    progress: () => {
      happened.push("looked");
      return happened.length > 20 ? "one checkpoint" : "none";
    },
  };
  await stress(rig, ended.signal, { betweenMs: 1, stoppedMs: 1 });
  expect(happened.indexOf("stopped")).toBe(1);
  expect(happened.lastIndexOf("stopped")).toBeGreaterThanOrEqual(20);
  worker.kill("SIGKILL");
  await once(worker, "exit");
});

test("a process of each kind is stopped in turn; one that is not there just now is waited for", async () => {
  const spawned = [1, 2, 3].map(() => spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]));
  const [worker, workflows, server] = spawned.map(({ pid }) => pid!);
  const ended = new AbortController();
  let looks = 0;
  const rig = {
    processes: () => [
      { name: "cpu 1", pid: worker! },
      { name: "workflows", pid: workflows! },
    ],
    // Started again just now, the first times.
    serverPid: () => (++looks < 3 ? undefined : server!),
    progress: () => {
      if (looks === 3) ended.abort();
      return String(Math.random());
    },
  };
  const report = await stress(rig, ended.signal, { betweenMs: 1, stoppedMs: 1 });
  expect(report.stops).toEqual({ worker: 1, workflows: 1, server: 1 });
  for (const child of spawned) {
    expect(stateOf(child.pid!)).not.toMatch(/^T/);
    child.kill("SIGKILL");
    await once(child, "exit");
  }
});

test("a busy process ends after its parent has ended", async () => {
  const line = '"$0" -e "$1" $$ & echo $!; wait';
  const parent = spawn("sh", ["-c", line, process.execPath, busyProgram], { stdio: ["ignore", "pipe", "inherit"] });
  const [pid] = (await once(parent.stdout, "data")) as [Buffer];
  const busy = identify(Number(pid));
  parent.kill("SIGKILL");
  await once(parent, "exit");
  while (lives(busy)) await new Promise(setImmediate);
});
