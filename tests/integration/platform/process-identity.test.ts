import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import {
  identify,
  lives,
  machineId,
  namedProcess,
  processName,
  readIdentity,
  processStanding,
  thisMachine,
} from "../../../platform/processes/process-identity.js";

/**
 * A test of what only Linux's /proc says (when a process started, that it is a zombie): skipped,
 * and counted, elsewhere.
 */
function testWithProc(name: string, work: () => unknown): void {
  if (process.platform === "linux") test(name, work as jest.ProvidesCallback);
  else test.skip(`${name} (needs /proc, which ${process.platform} lacks)`, work as jest.ProvidesCallback);
}

/** More than any system gives. */
const nobody = 2 ** 30;

test("this process exists and lives; one that no system gives does not", () => {
  expect(lives(identify(process.pid))).toBe(true);
  for (const pid of [nobody, 0, -1, 1.5, NaN]) expect(lives(identify(pid))).toBe(false);
});

testWithProc("a process of another user lives, though it takes no signal", () => {
  const kill = jest.spyOn(process, "kill").mockImplementation(() => {
    throw Object.assign(new Error("not permitted"), { code: "EPERM" });
  });
  expect(lives(identify(process.ppid))).toBe(true);
  kill.mockRestore();
});

testWithProc("a record that does not say when its process started is not believed, nor is one of process 1", () => {
  expect(lives({ pid: process.pid })).toBe(false);
  expect(lives({ pid: process.pid, started: "" })).toBe(false);
  expect(lives(identify(1))).toBe(false);
});

test("a process of another machine, boot or container is foreign, whatever the host's name", () => {
  const me = identify(process.pid);
  expect(processStanding(me)).toBe("lives");
  const boot = "3c2dd0cb-3d1f-4b5c-b0a6-94f9b0b5b1a1";
  const here = machineId(boot, "pid:[4026531836]");
  expect(machineId(boot, "pid:[4026531836]")).toBe(here);
  for (const other of [machineId("another boot", "pid:[4026531836]"), machineId(boot, "pid:[4026532999]")]) {
    expect(other).not.toBe(here);
    expect(processStanding({ ...me, machine: other })).toBe("foreign");
    expect(lives({ ...me, machine: other })).toBe(false);
  }
});

test("a process can be told by a file's name, and by a file that may be damaged", () => {
  const me = identify(process.pid);
  expect(processName()).toMatch(/^[0-9a-f]{12}-\d+-\d+$/);
  expect(processStanding(namedProcess(processName())!)).toBe("lives");
  expect(namedProcess(processName())).toMatchObject({ pid: me.pid, machine: thisMachine() });
  for (const name of ["", "host.12", `${thisMachine()}-x-1`, "part.0"]) expect(namedProcess(name)).toBeUndefined();
  expect(readIdentity(JSON.parse(JSON.stringify(me)))).toEqual(me);
  for (const value of [undefined, null, 5, [], {}, { pid: "1" }]) expect(readIdentity(value)).toBeUndefined();
  expect(readIdentity({ pid: 7, started: 5, machine: null })).toEqual({ pid: 7 });
});

testWithProc("a later process with the same id is another one", () => {
  const me = identify(process.pid);
  expect(me.started).toMatch(/^\d+$/);
  expect(lives({ ...me, started: "1" })).toBe(false);
});

test("a child lives until it has ended", async () => {
  const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], { stdio: ["pipe", "ignore", "ignore"] });
  await once(child, "spawn");
  const found = identify(child.pid!);
  expect(lives(found)).toBe(true);
  child.stdin.end();
  await once(child, "exit");
  expect(lives(found)).toBe(false);
});

testWithProc("a process that has ended without being waited for does not live, though its id is taken", async () => {
  // The shell's child ends once the shell has become another program, which never waits for it.
  const child = '(while [ "$(cat /proc/$$/comm)" = sh ]; do :; done)';
  const parent = spawn("sh", ["-c", `${child} & echo $!; exec sleep 60`], { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(line.toString());
  const state = () => /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))![1];
  while (state() !== "Z") await new Promise(setImmediate);
  expect(lives(identify(pid))).toBe(false);
  parent.kill("SIGKILL");
  await once(parent, "exit");
});
