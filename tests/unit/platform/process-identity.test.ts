import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { identify, isAlive, lives } from "../../../platform/process-identity.js";

/** A test of what only Linux's /proc says (when a process started, that it is a zombie): skipped, and counted, elsewhere. */
function testWithProc(name: string, work: () => unknown): void {
  if (process.platform === "linux") test(name, work as jest.ProvidesCallback);
  else test.skip(`${name} (needs /proc, which ${process.platform} lacks)`, work as jest.ProvidesCallback);
}

/** More than any system gives. */
const nobody = 2 ** 30;

test("this process exists and lives; one that no system gives does not", () => {
  expect(isAlive(process.pid)).toBe(true);
  expect(lives(identify(process.pid))).toBe(true);
  for (const pid of [nobody, 0, -1, 1.5, NaN]) {
    expect(isAlive(pid)).toBe(false);
    expect(lives(identify(pid))).toBe(false);
  }
});

test("a process of another user exists, though it takes no signal", () => {
  const kill = jest.spyOn(process, "kill").mockImplementation(() => {
    throw Object.assign(new Error("not permitted"), { code: "EPERM" });
  });
  expect(isAlive(nobody)).toBe(true);
  kill.mockRestore();
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
  expect(isAlive(pid)).toBe(true);
  expect(lives(identify(pid))).toBe(false);
  parent.kill("SIGKILL");
  await once(parent, "exit");
});
