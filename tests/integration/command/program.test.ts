import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { programGraceMs, runProgram } from "../../../activities/command/program.js";
import { identify, processStanding } from "../../../platform/processes/process-identity.js";

const runner = path.join(import.meta.dirname, "../../../scripts/typescript.cjs");

/** Runs a script of sh; `onLine` is called with each line that it prints. */
function runScript(script: string, onLine: (line: string) => void = () => {}, signal = new AbortController().signal) {
  const lines: string[] = [];
  const program = {
    argv: ["/bin/sh", "-c", script],
    workingDirectory: "/",
    environment: { PATH: process.env["PATH"]! },
    onOutput(bytes: Buffer) {
      for (const line of bytes.toString().trim().split("\n")) {
        lines.push(line);
        onLine(line);
      }
    },
    onEvents: () => {},
  };
  return { lines, end: (graceMs = programGraceMs) => runProgram(program, signal, () => graceMs) };
}

/** Resolves once a process has ended. */
async function gone(pid: number): Promise<void> {
  const was = identify(pid);
  while (processStanding(was) !== "ended") await new Promise(setImmediate);
}

test("what a program has started in the background ends with it", async () => {
  let pid = 0;
  const { end } = runScript("sleep 1000 & echo $!; exit 3", (line) => (pid = Number(line)));
  expect(await end()).toMatchObject({ code: 3, signal: null });
  await gone(pid);
});

test("a process that leaves the group and keeps the pipes open does not hold the stage up", async () => {
  let pid = 0;
  const { end } = runScript("setsid sleep 1000 & echo $!; exit 0", (line) => (pid = Number(line)));
  expect(await end()).toMatchObject({ code: 0 });
  process.kill(pid, "SIGKILL");
});

test("everything that was printed is passed on, also by a program that ends right after it", async () => {
  let bytes = 0;
  const program = {
    argv: ["/bin/sh", "-c", "head -c 3000000 /dev/zero; head -c 60000 /dev/zero >&3"],
    workingDirectory: "/",
    environment: { PATH: process.env["PATH"]! },
    onOutput: (more: Buffer) => (bytes += more.length),
    onEvents: (more: Buffer) => (bytes += more.length),
  };
  await runProgram(program, new AbortController().signal);
  expect(bytes).toBe(3_060_000);
});

test.each(["onOutput", "onEvents"] as const)(
  "a program whose %s fails is stopped, and that is why",
  async (failing) => {
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    const program = {
      argv: ["/bin/sh", "-c", `trap 'exit 0' TERM; echo one; echo two >&3; while :; do sleep 1000 & wait $!; done`],
      workingDirectory: "/",
      environment: { PATH: process.env["PATH"]! },
      onOutput: () => undefined,
      onEvents: () => undefined,
      [failing]: () => {
        throw full;
      },
    };
    await expect(runProgram(program, new AbortController().signal)).rejects.toBe(full);
  },
);

test("a program that is stopped may end in its own way", async () => {
  const stop = new AbortController();
  // The shell says on its standard error that `sleep` was terminated, if it learns of that first.
  const script = `exec 2>/dev/null; trap 'echo saved; exit 5' TERM; echo ready; while :; do sleep 1000 & wait $!; done`;
  const { lines, end } = runScript(script, (line) => line === "ready" && stop.abort(), stop.signal);
  expect(await end()).toMatchObject({ code: 5, signal: null });
  expect(lines).toEqual(["ready", "saved"]);
});

test("a program that ignores SIGTERM is killed", async () => {
  const stop = new AbortController();
  const script = `trap '' TERM; echo ready; while :; do sleep 1000; done`;
  const { end } = runScript(script, (line) => line === "ready" && stop.abort(), stop.signal);
  expect(await end(1)).toMatchObject({ code: null, signal: "SIGKILL" });
});

test("a program, and what it has started, end when their worker process is killed", async () => {
  const worker = spawn(process.execPath, [runner, path.join(import.meta.dirname, "worker-with-program.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  worker.stdout.on("data", (bytes: Buffer) => (said += bytes.toString()));
  while (said.split("\n").length < 3) await once(worker.stdout, "data");
  const pids = said.trim().split("\n").map(Number);
  worker.kill("SIGKILL");
  for (const pid of pids) await gone(pid);
});
