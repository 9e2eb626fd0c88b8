import fs, { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { once } from "node:events";
import childProcess, { spawn } from "node:child_process";
import path from "node:path";
import { environmentChanges, environmentPrints } from "../../../cli/embedded/environment.js";
import { claim, hasDied, holder } from "../../../cli/embedded/lock.js";
import type { Claim } from "../../../store/ownership/lock.js";
import { buildDigest } from "../../../platform/program/build.js";
import { choosePort } from "../../../cli/embedded/ports.js";
import { endProcess } from "../../../cli/embedded/end-process.js";
import { identify, lives } from "../../../platform/processes/process-identity.js";
import { ensureServer } from "../../../cli/embedded/ensure.js";
import { runningServer, writeUp } from "../../../api/servers/up-record.js";
import { useDirectory } from "../../support/directory.js";

const home = useDirectory();
const dead = { ...identify(process.pid), pid: 4_194_305 };
/** A machine or container that shares this one's host name. */
const elsewhere = { ...identify(process.pid), machine: "0".repeat(12), nonce: "theirs" };
const lockFile = (name: string | number, at = home()): string => path.join(at, "up.locks", String(name));
/** Leaves the lock of some process. */
function leaveLock(content: object | string, name: string | number = 1, at = home()): void {
  mkdirSync(path.join(at, "up.locks"), { recursive: true });
  writeFileSync(lockFile(name, at), typeof content === "string" ? content : JSON.stringify(content));
}
const lease = { renewMs: 5, expiresMs: 50 };
/** Claims of a test, given up after it. */
const claims: Claim[] = [];
const take = async (...more: [typeof lease?]): Promise<Claim | undefined> => {
  const got = await claim(home(), ...more);
  if (got) claims.push(got);
  return got;
};
afterEach(() => Promise.all(claims.splice(0).map((got) => got.release())));

async function listening(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as { port: number }).port };
}

test("one of many simultaneous claims wins; the next one wins after the release", async () => {
  const tried = await Promise.all(Array.from({ length: 8 }, () => take()));
  const won = tried.filter((got) => got !== undefined);
  expect(won).toHaveLength(1);
  expect((await holder(home()))?.pid).toBe(process.pid);
  await won[0]!.release();
  expect(await holder(home())).toBeUndefined();
  expect(await take()).toBeDefined();
  // The winner's number is one higher, and nothing else is left.
  expect(readdirSync(path.dirname(lockFile(1)))).toEqual(["2"]);
});

test("whether `pawl up` has died, or was stopped, is seen from its lock", async () => {
  expect(await hasDied(home())).toBe(false);
  const got = await take();
  expect(await hasDied(home())).toBe(false);
  await got!.release();
  expect(await hasDied(home())).toBe(false);
  leaveLock(dead, 7);
  expect(await hasDied(home())).toBe(true);
});

test.each([
  ["a dead process's", JSON.stringify(dead)],
  ["an earlier process's of the same id", JSON.stringify({ ...identify(process.pid), started: "1" })],
  ["one that does not say when its process started", JSON.stringify({ pid: process.pid })],
  ["a damaged", "{"],
])("%s lock is stale: one of many claims takes it over", async (_, content) => {
  leaveLock(content);
  expect(await holder(home())).toBeUndefined();
  const tried = await Promise.all(Array.from({ length: 4 }, () => take()));
  expect(tried.filter((got) => got !== undefined)).toHaveLength(1);
});

/**
 * Before the n-th call to the file system from now on, does something that makes calls of its own,
 * uncounted.
 */
function beforeCall(acts: Record<number, () => Promise<unknown>>): () => number {
  let calls = 0;
  let busy = false;
  for (const name of ["link", "mkdir", "readdir", "readFile", "rename", "rm", "stat", "writeFile"] as const) {
    const functions = fs.promises as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>;
    const original = functions[name]!;
    jest.spyOn(functions, name).mockImplementation(async (...given: unknown[]) => {
      const act = busy ? undefined : acts[++calls];
      if (act) {
        busy = true;
        await act();
        busy = false;
      }
      return original.apply(fs.promises, given);
    });
  }
  return () => calls;
}

test("one of three claims of a stale lock wins, wherever the second and the third come in between", async () => {
  /** Calls of the first claim, before some of which another comes in between. */
  const claimed = async (...between: number[]): Promise<number> => {
    const own = mkdtempSync(path.join(home(), "home-"));
    leaveLock(dead, 1, own);
    const won: Claim[] = [];
    const another = async (): Promise<void> => {
      const got = await claim(own);
      if (got) won.push(got);
    };
    const calls = beforeCall(Object.fromEntries(between.map((n) => [n, another])));
    await another();
    jest.restoreAllMocks();
    expect([between, won.length]).toEqual([between, 1]);
    await won[0]!.release();
    return calls();
  };
  const most = await claimed();
  for (let second = 1; second <= most; second++)
    for (let third = second + 1; third <= most + 3; third++) await claimed(second, third);
});

test("what killed claims have left goes with the next claim; a living one's file stays", async () => {
  leaveLock(dead, "4194305.a");
  leaveLock({ ...identify(process.pid), nonce: "of a claim under way" }, "1.b");
  expect(await take()).toBeDefined();
  expect(readdirSync(path.dirname(lockFile(1))).sort()).toEqual(["1", "1.b"]);
});

test("a lock that another machine or container renews is refused, with its host; one that is not renewed is taken over", async () => {
  leaveLock({ ...elsewhere, host: "node-7", pid: 42 });
  let second = 0;
  const renewal = setInterval(() => utimesSync(lockFile(1), ++second, second), 1);
  await expect(take({ ...lease, expiresMs: 600_000 })).rejects.toMatchObject({
    code: "NOT_ALLOWED",
    facts: { where: home(), got: "process 42 on node-7" },
  });
  clearInterval(renewal);
  expect(await holder(home())).toBeUndefined();
  expect(await take(lease)).toBeDefined();
  expect((await holder(home()))?.pid).toBe(process.pid);
});

test("a holder renews its lock, and is notified when another machine has taken it over", async () => {
  const { lost } = (await take(lease))!;
  const before = statSync(lockFile(1)).mtimeMs;
  while (statSync(lockFile(1)).mtimeMs === before) await new Promise(setImmediate);
  leaveLock(elsewhere, 2);
  if (!lost.aborted) await once(lost, "abort");
  await claims.pop()!.release();
  expect(JSON.parse(readFileSync(lockFile(2), "utf8"))).toEqual(elsewhere);
});

test("a holder outlives a lock that cannot be read for a moment", async () => {
  const { lost } = (await take(lease))!;
  let refused = 0;
  const read = fs.promises.readFile;
  jest.spyOn(fs.promises, "readFile").mockImplementation((...given: Parameters<typeof read>) => {
    if (refused === 3) return read(...given);
    refused++;
    return Promise.reject(Object.assign(new Error("EMFILE: too many open files"), { code: "EMFILE" }));
  });
  expect(await holder(home())).toBeUndefined();
  while (refused < 3) await new Promise(setImmediate);
  jest.restoreAllMocks();
  const before = statSync(lockFile(1)).mtimeMs;
  while (statSync(lockFile(1)).mtimeMs === before) await new Promise(setImmediate);
  expect(lost.aborted).toBe(false);
  expect((await holder(home()))?.pid).toBe(process.pid);
});

test("a requested port that is in use is an error; a default port in use is replaced", async () => {
  const { server, port } = await listening();
  await expect(choosePort("--port", port, undefined, 7233)).rejects.toMatchObject({
    code: "PORT_TAKEN",
    facts: { where: `127.0.0.1:${port}`, next: expect.stringContaining("omit --port") },
  });
  const chosen = await choosePort("--port", undefined, port, port);
  expect(chosen).not.toBe(port);
  server.close();
  await once(server, "close");
  expect(await choosePort("--port", undefined, port, 7233)).toBe(port);
});

test("a server counts as running while both its processes live", async () => {
  expect(await runningServer(home())).toBeUndefined();
  const me = identify(process.pid);
  const record = {
    up: me,
    server: me,
    address: "127.0.0.1:1",
    namespace: "pawl-a",
    port: 1,
    uiAddress: "",
    uiPort: 2,
    build: "",
    byHand: false,
    environment: {},
  };
  mkdirSync(home(), { recursive: true });
  await writeUp(home(), record);
  expect(await runningServer(home())).toEqual(record);
  await writeUp(home(), { ...record, server: dead });
  expect(await runningServer(home())).toBeUndefined();
  for (const damaged of ['{"address"', "null", "5", JSON.stringify({ ...record, server: {} })]) {
    writeFileSync(path.join(home(), "up.json"), damaged);
    expect(await runningServer(home())).toBeUndefined();
  }
  // Whatever else may have been lost of it: no signal goes to a process that it does not name
  // beyond doubt.
  for (const server of [{ pid: 1 }, { pid: process.pid }, { pid: 1, started: "1" }, elsewhere]) {
    writeFileSync(path.join(home(), "up.json"), JSON.stringify({ ...record, server }));
    expect(await runningServer(home())).toBeUndefined();
  }
});

test("a background server that the system refuses is an error that tells why", async () => {
  const original = childProcess.spawn;
  jest.spyOn(childProcess, "spawn").mockImplementation(() => original("/no/such/program", []));
  await expect(ensureServer(home(), () => undefined)).rejects.toMatchObject({
    code: "SERVER_UNREACHABLE",
    message: "the system refuses to start `pawl up` in the background",
    facts: { where: home(), got: "spawn /no/such/program ENOENT" },
  });
  jest.restoreAllMocks();
});

test("no signal is sent to process 1, to a process whose start is not known, or to one of another machine", async () => {
  const kill = jest.spyOn(process, "kill").mockReturnValue(true);
  const { started: _, ...undated } = identify(process.ppid);
  for (const found of [{ pid: 1 }, identify(1), undated, elsewhere, { ...elsewhere, pid: process.ppid }])
    await endProcess(found, 0);
  expect(kill).not.toHaveBeenCalled();
  kill.mockRestore();
});

test("what a server was started with is compared by name, and no value can be read from it", () => {
  const before = environmentPrints(home(), { HF_TOKEN: "secret", PAWL_THREADS: "4", PATH: "/bin", PAWL_HOME: "/x" });
  expect(Object.keys(before)).toEqual(["HF_TOKEN", "PAWL_THREADS"]);
  expect(JSON.stringify(before)).not.toContain("secret");
  const now = environmentPrints(home(), { HF_TOKEN: "other", HTTPS_PROXY: "http://proxy", PATH: "/usr/bin" });
  expect(environmentChanges(before, before)).toEqual([]);
  expect(environmentChanges(before, now)).toEqual([
    "HF_TOKEN has a different value here",
    "HTTPS_PROXY is set here but was not set when the server started",
    "PAWL_THREADS was set when the server started but is not set here",
  ]);
});

test("a build's digest follows the program and its pins, and nothing else", () => {
  const write = (name: string, content: string): void => {
    mkdirSync(path.dirname(path.join(home(), name)), { recursive: true });
    writeFileSync(path.join(home(), name), content);
  };
  write("dist/build.txt", "one");
  const digests = [buildDigest(home())];
  for (const [name, content] of [
    ["dist/build.txt", "two"],
    ["dist/studio/page/main.js", ""],
    ["package-lock.json", "{}"],
    ["node_modules/.pawl.json", "{}"],
  ] as const) {
    write(name, content);
    digests.push(buildDigest(home()));
  }
  expect(new Set(digests).size).toBe(5);
  for (const name of ["dist/cli/main.js.map", "dist/workflow-bundle.js"]) write(name, "x");
  write("dist/build.txt", "two");
  expect(buildDigest(home())).toBe(digests.at(-1));
});

test("ends a process that is not its child: one that obeys, and one that does not", async () => {
  for (const obeys of [true, false]) {
    const program = `${obeys ? "" : 'process.on("SIGTERM", () => {});'} setInterval(() => {}, 1000); console.log("up")`;
    const child = spawn(process.execPath, ["-e", program]);
    await once(child.stdout, "data");
    const found = identify(child.pid!);
    expect(lives(found)).toBe(true);
    const gone = once(child, "exit");
    await endProcess(found, obeys ? 600_000 : 50);
    expect(lives(found)).toBe(false);
    expect((await gone)[1]).toBe(obeys ? "SIGTERM" : "SIGKILL");
  }
});
