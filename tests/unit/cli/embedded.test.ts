import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { once } from "node:events";
import { spawn } from "node:child_process";
import path from "node:path";
import { claim, holder } from "../../../cli/embedded/lock.js";
import { buildDigest } from "../../../platform/build.js";
import { choosePort } from "../../../cli/embedded/ports.js";
import { endProcess } from "../../../cli/embedded/end-process.js";
import { identify, lives } from "../../../platform/process-identity.js";
import { runningServer } from "../../../cli/embedded/ensure.js";
import { writeUp } from "../../../cli/embedded/up-record.js";
import { useFolder } from "../../support/folder.js";

const home = useFolder();
const dead = { pid: 4_194_305 };

async function listening(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as { port: number }).port };
}

test("one of many claims at once wins; the next one wins after the release", async () => {
  const claims = await Promise.all(Array.from({ length: 8 }, () => claim(home())));
  const won = claims.filter((release) => release !== undefined);
  expect(won).toHaveLength(1);
  expect((await holder(home()))?.pid).toBe(process.pid);
  await won[0]!();
  expect(await holder(home())).toBeUndefined();
  expect(await claim(home())).toBeDefined();
  expect(readdirSync(home())).toEqual(["up.lock"]);
});

test.each([
  ["a dead process's", JSON.stringify(dead)],
  ["an earlier process's of the same id", JSON.stringify({ pid: process.pid, started: "1" })],
  ["a damaged", "{"],
])("%s lock is stale: one of many claims takes it over", async (_, content) => {
  writeFileSync(path.join(home(), "up.lock"), content);
  expect(await holder(home())).toBeUndefined();
  const claims = await Promise.all(Array.from({ length: 4 }, () => claim(home())));
  expect(claims.filter((release) => release !== undefined)).toHaveLength(1);
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
  };
  mkdirSync(home(), { recursive: true });
  await writeUp(home(), record);
  expect(await runningServer(home())).toEqual(record);
  await writeUp(home(), { ...record, server: dead });
  expect(await runningServer(home())).toBeUndefined();
  writeFileSync(path.join(home(), "up.json"), '{"address"');
  expect(await runningServer(home())).toBeUndefined();
});

test("a build's digest follows the program and its pins, and nothing else", () => {
  const write = (name: string, content: string): void => {
    mkdirSync(path.dirname(path.join(home(), name)), { recursive: true });
    writeFileSync(path.join(home(), name), content);
  };
  write("dist/cli/main.js", "one");
  write("dist/worker/slot.js", "two");
  const digests = [buildDigest(home())];
  for (const [name, content] of [
    ["dist/worker/slot.js", "2"],
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
    await endProcess(found, 50);
    expect(lives(found)).toBe(false);
    expect((await gone)[1]).toBe(obeys ? "SIGTERM" : "SIGKILL");
  }
});
