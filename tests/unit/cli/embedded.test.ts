import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { once } from "node:events";
import { spawn } from "node:child_process";
import path from "node:path";
import { environmentChanges, environmentPrints } from "../../../cli/embedded/environment.js";
import { claim, holder, type Claim } from "../../../cli/embedded/lock.js";
import { buildDigest } from "../../../platform/build.js";
import { choosePort } from "../../../cli/embedded/ports.js";
import { endProcess } from "../../../cli/embedded/end-process.js";
import { identify, lives } from "../../../platform/process-identity.js";
import { runningServer } from "../../../cli/embedded/ensure.js";
import { writeUp } from "../../../cli/embedded/up-record.js";
import { useDirectory } from "../../support/directory.js";

const home = useDirectory();
const dead = { ...identify(process.pid), pid: 4_194_305 };
/** A machine or container that shares this one's host name. */
const elsewhere = { ...identify(process.pid), machine: "0".repeat(12), nonce: "theirs" };
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

test("one of many claims at once wins; the next one wins after the release", async () => {
  const tried = await Promise.all(Array.from({ length: 8 }, () => take()));
  const won = tried.filter((got) => got !== undefined);
  expect(won).toHaveLength(1);
  expect((await holder(home()))?.pid).toBe(process.pid);
  await won[0]!.release();
  expect(await holder(home())).toBeUndefined();
  expect(await take()).toBeDefined();
  expect(readdirSync(home())).toEqual(["up.lock"]);
});

test.each([
  ["a dead process's", JSON.stringify(dead)],
  ["an earlier process's of the same id", JSON.stringify({ ...identify(process.pid), started: "1" })],
  ["one that does not say when its process started", JSON.stringify({ pid: process.pid })],
  ["a damaged", "{"],
])("%s lock is stale: one of many claims takes it over", async (_, content) => {
  writeFileSync(path.join(home(), "up.lock"), content);
  expect(await holder(home())).toBeUndefined();
  const tried = await Promise.all(Array.from({ length: 4 }, () => take()));
  expect(tried.filter((got) => got !== undefined)).toHaveLength(1);
});

test("what killed claims have left goes with the next claim; a living one's file stays", async () => {
  const left = (name: string, content: object): void => writeFileSync(path.join(home(), name), JSON.stringify(content));
  left("up.lock.4194305.a", dead);
  left("up.lock.stale.b", dead);
  left("up.lock.1.c", { ...identify(process.pid), nonce: "of a claim under way" });
  expect(await take()).toBeDefined();
  expect(readdirSync(home()).sort()).toEqual(["up.lock", "up.lock.1.c"]);
});

test("a lock that another machine or container renews is refused, with its host; one that is not renewed is taken over", async () => {
  const file = path.join(home(), "up.lock");
  writeFileSync(file, JSON.stringify({ ...elsewhere, host: "node-7", pid: 42 }));
  let second = 0;
  const renewal = setInterval(() => utimesSync(file, ++second, second), 1);
  await expect(take({ ...lease, expiresMs: 600_000 })).rejects.toMatchObject({
    code: "NOT_ALLOWED",
    facts: { where: home(), got: "process 42 on node-7" },
  });
  clearInterval(renewal);
  expect(await holder(home())).toBeUndefined();
  expect(await take(lease)).toBeDefined();
  expect((await holder(home()))?.pid).toBe(process.pid);
});

test("a holder renews its lock, and is told when another machine has taken it over", async () => {
  const file = path.join(home(), "up.lock");
  const { lost } = (await take(lease))!;
  const before = statSync(file).mtimeMs;
  while (statSync(file).mtimeMs === before) await new Promise(setImmediate);
  writeFileSync(file, JSON.stringify(elsewhere));
  if (!lost.aborted) await once(lost, "abort");
  await claims.pop()!.release();
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(elsewhere);
});

test("a fixed port that is taken is an error; any other is gone around", async () => {
  const { server, port } = await listening();
  await expect(choosePort("--port", port, undefined, 7233)).rejects.toMatchObject({
    code: "PORT_TAKEN",
    facts: { where: `127.0.0.1:${port}`, next: expect.stringContaining("leave --port out") },
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
  // Whatever else may have been lost of it: no signal goes to a process that it does not name beyond doubt.
  for (const server of [{ pid: 1 }, { pid: process.pid }, { pid: 1, started: "1" }, elsewhere]) {
    writeFileSync(path.join(home(), "up.json"), JSON.stringify({ ...record, server }));
    expect(await runningServer(home())).toBeUndefined();
  }
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
    "HF_TOKEN has another value here",
    "HTTPS_PROXY is set here, and was not when the server started",
    "PAWL_THREADS was set when the server started, and is not here",
  ]);
});

test("a build's digest follows the program and its pins, and nothing else", () => {
  const write = (name: string, content: string): void => {
    mkdirSync(path.dirname(path.join(home(), name)), { recursive: true });
    writeFileSync(path.join(home(), name), content);
  };
  write("dist/cli/main.js", "one");
  write("dist/worker/stage-table.js", "two");
  const digests = [buildDigest(home())];
  for (const [name, content] of [
    ["dist/worker/stage-table.js", "2"],
    ["dist/worker/new.js", ""],
    ["package-lock.json", "{}"],
    ["node_modules/.pawl.json", "{}"],
  ] as const) {
    write(name, content);
    digests.push(buildDigest(home()));
  }
  expect(new Set(digests).size).toBe(5);
  for (const name of ["dist/cli/main.js.map", "dist/workflow-bundle.js", "dist/bench/tiny.js"]) write(name, "x");
  write("dist/cli/main.js", "one");
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
