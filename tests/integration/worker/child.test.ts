import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { errorCodes, type PawlError } from "../../../platform/errors.js";
import { Child, silentLooks } from "../../../worker/supervision/child.js";
import { causeOfDeath, type Death } from "../../../worker/supervision/lost-task.js";
import { readyMessage, turningMessage } from "../../../worker/supervision/worker-process.js";
import { useDirectory } from "../../support/directory.js";

const directory = useDirectory();

test("a process that the system refuses to start is tried again", async () => {
  const program = path.join(directory(), "program.mjs");
  writeFileSync(program, `process.send(${JSON.stringify(readyMessage)}); setInterval(() => {}, 1000);`);
  const workingDirectory = path.join(directory(), "not-yet");
  const told = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  let child: Child | undefined;
  const pid = await new Promise<number>((onReady) => {
    const base = {
      name: "cpu 1",
      program,
      environment: process.env,
      logDirectory: directory(),
      onEnd: () => undefined,
    };
    child = new Child({ ...base, workingDirectory, onReady });
    // The first start has failed by now.
    mkdirSync(workingDirectory);
  });
  expect(child?.pid).toBe(pid);
  expect(told.mock.calls.flat().join("")).toMatch(/^the process for cpu 1 cannot be started: .*ENOENT/);
  told.mockRestore();
  await child?.stop(1000);
});

/** The error that reports how a process with this source died. */
async function deathOf(source: string, environment: NodeJS.ProcessEnv = {}): Promise<PawlError> {
  const program = path.join(directory(), "program.mjs");
  writeFileSync(program, source);
  const base = {
    name: "cpu 1",
    program,
    logDirectory: directory(),
    workingDirectory: directory(),
    onReady: () => undefined,
  };
  let child: Child | undefined;
  const death = await new Promise<Death>((resolve) => {
    child = new Child({
      ...base,
      environment: { ...process.env, ...environment },
      onEnd: (_pid, how) => resolve(how),
    });
  });
  await child?.stop(1000);
  return causeOfDeath({ pid: 7, host: "here" }, death);
}

describe("how a process died", () => {
  test("a failed check of native code is a crash and no want of memory, and is shown", async () => {
    const line = "2025-01-01 00:00:00: F tensorflow/core/util/x.cc:42] Check failed: n > 0 (0 vs. 0)";
    const error = await deathOf(`process.stderr.write(${JSON.stringify(`${line}\n`)}); process.abort();`);
    expect(error).toMatchObject({ code: "WORKER_CRASHED", facts: { where: "process 7 on here", got: line } });
  });
  test("so is an access to memory that it does not have", async () => {
    const error = await deathOf('process.kill(process.pid, "SIGSEGV"); setInterval(() => {}, 1000);');
    expect(error).toMatchObject({
      code: "WORKER_CRASHED",
      message: "the worker process was killed by SIGSEGV: native code failed",
    });
    expect(errorCodes[error.code]).toBe("crash");
  });
  test("a heap that is full is want of memory", async () => {
    const source = "const rows = []; for (;;) rows.push(Array.from({ length: 1000 }, () => ({})));";
    const error = await deathOf(source, { NODE_OPTIONS: "--max-old-space-size=30" });
    expect(error).toMatchObject({ code: "OUT_OF_MEMORY", message: expect.stringContaining("memory ran out") });
  });
  test("one that was killed, or has ended, is lost", async () => {
    expect((await deathOf('process.kill(process.pid, "SIGKILL")')).code).toBe("WORKER_LOST");
    expect((await deathOf("process.exit(3)")).code).toBe("WORKER_LOST");
    const gone = { code: null, signal: null, memoryKill: false };
    expect(causeOfDeath({ pid: 7, host: "here" }, gone).code).toBe("WORKER_LOST");
  });
  test("what the kernel killed for want of memory is want of memory", () => {
    const killed = { code: null, signal: "SIGKILL", memoryKill: true } as const;
    expect(causeOfDeath({ pid: 7, host: "here" }, killed).code).toBe("OUT_OF_MEMORY");
  });
});

describe("a process that must turn", () => {
  let heard = (): void => undefined;
  const start = (source: string, onEnd: (signal: string | null) => void): Promise<Child> => {
    const program = path.join(directory(), "program.mjs");
    writeFileSync(program, source);
    return new Promise((resolve) => {
      const child: Child = new Child({
        name: "workflows",
        program,
        environment: process.env,
        workingDirectory: directory(),
        logDirectory: directory(),
        mustTurn: true,
        onReady: () => resolve(child),
        onMessage: () => heard(),
        onEnd: (_, { signal }) => onEnd(signal),
      });
    });
  };
  const look = (child: Child, count: number): void => Array.from({ length: count }).forEach(() => child.look());

  test("is killed when it no longer does", async () => {
    const told = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    let child: Child | undefined;
    const ended = new Promise<string | null>((resolve) => {
      const source = `process.send(${JSON.stringify(readyMessage)}, () => { for (;;); });`;
      void start(source, resolve).then((started) => {
        child = started;
        look(child, silentLooks);
      });
    });
    expect(await ended).toBe("SIGKILL");
    expect(told.mock.calls.flat().join("")).toContain("the event loop of the process for workflows is stuck");
    told.mockRestore();
    await child!.stop(0);
  });

  test("lives on while it says that it does", async () => {
    const source = `
      process.send(${JSON.stringify(readyMessage)});
      process.on("SIGTERM", () => process.exit(0));
      setInterval(() => [${JSON.stringify(turningMessage)}, "other"].forEach((word) => process.send(word)), 1);`;
    let ended = 0;
    const child = await start(source, () => ended++);
    const { pid } = child;
    for (let round = 0; round < 3; round++) {
      look(child, silentLooks - 1);
      await new Promise<void>((resolve) => (heard = resolve));
    }
    expect(child.pid).toBe(pid);
    expect(ended).toBe(0);
    await child.stop(60_000);
  });
});
