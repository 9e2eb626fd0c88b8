import { createServer, type Server } from "node:net";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { watch } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { readUp, runningServer } from "../../../api/servers/up-record.js";
import { exitCodes } from "../../../cli/exit-codes.js";
import { pause } from "../../../platform/processes/pause.js";
import { lives, type ProcessIdentity } from "../../../platform/processes/process-identity.js";
import { recordedServer } from "../../../worker/server/dev-server.js";
import type { PlannedWork } from "../../../api/forecasting/expected-work.js";
import { Shell, type Command, type Outcome } from "./shell.js";
const shell = new Shell();

/** Between two looks at what another process does: it needs the processor itself. */
const lookEveryMs = 5;

/** Succeeds immediately. */
shell.pipeline(
  "quick",
  `inputs:
  corpus: { type: string, default: one fish two fish }
stages:
  data:
    uses: dataset
    with: { source: { text: "\${{ inputs.corpus }}" } }
outputs:
  data: "\${{ stages.data.outputs.train }}"
`,
);
/** Waits for an answer, since its file is not there. */
const parks = `stages:
  data:
    uses: dataset
    with: { source: { file: absent.txt } }
    onFailure: park
`;
shell.pipeline("parks", parks);
/** Fails for good. */
shell.pipeline("fails", "stages:\n  data:\n    uses: dataset\n    with: { source: { file: absent.txt } }\n");

const statusOf = async (run: string): Promise<string> =>
  (await shell.json<{ status: string }>("status", run))[0]!.status;

/** Listens on a port as soon as the threads of a killed process have let go of it. */
async function takePort(port: number): Promise<Server> {
  for (;;) {
    const taken = createServer().listen(port, "127.0.0.1");
    if (
      await once(taken, "listening").then(
        () => true,
        () => false,
      )
    )
      return taken;
  }
}

/**
 * Makes the record of a `pawl up` that starts impossible to write. False: the server was quicker.
 */
async function blockRecord({ home }: Shell, up: Command): Promise<boolean> {
  const record = path.join(home, "up.json");
  rmSync(record);
  try {
    mkdirSync(record);
  } catch {
    return false;
  }
  return up.printed(/Temporal/).then(
    () => false,
    () => true,
  );
}

/** A parked run that is watched, under a server of its own with ports of its own. */
async function watchedOnOwnPorts() {
  const other = new Shell();
  other.pipeline("parks", parks);
  await other.ownPorts();
  const run = await other.detached("parks");
  const watching = other.start(["watch", run]);
  await watching.printed(/data {2}parked/);
  return { other, run, watching };
}

/** Starts the pipeline that parks, and returns its run once it is parked. */
async function parked(): Promise<string> {
  const run = await shell.detached("parks");
  while ((await statusOf(run)) !== "parked") await pause(lookEveryMs);
  return run;
}

test("two runs at the same time, without a server: one server is started, both succeed and are listed", async () => {
  const outcomes = await Promise.all([shell.pawl("run", "quick"), shell.pawl("run", "quick", "-i", "corpus=red fish")]);
  for (const { code, out } of outcomes) {
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/succeeded in .*: quick-/) });
    expect(out).toMatch(/see {3}http:\/\/127\.0\.0\.1:\d+\/namespaces\/pawl-[0-9a-f]{12}\/workflows\/quick-/);
  }
  expect(outcomes.some(({ out }) => out.startsWith("starting the embedded Temporal server"))).toBe(true);
  const [runs] = await shell.json<{ run: string; status: string }[]>("list");
  expect(runs!.map(({ status }) => status)).toEqual(["succeeded", "succeeded"]);
});

test("a server that is there and does not answer for a while, as on a busy machine, is waited for", async () => {
  await shell.pawl("run", "quick");
  const { pid } = shell.up().server;
  process.kill(pid, "SIGSTOP");
  const listing = shell.pawl("list");
  // Longer than a server that may not be there is waited for.
  await new Promise((resolve) => setTimeout(resolve, 8000));
  process.kill(pid, "SIGCONT");
  expect(await listing).toMatchObject({ code: 0, out: expect.stringContaining("quick-") });
});

test("a second `pawl up` of the same home is refused and says where the first is", async () => {
  const { code, note } = await shell.pawl("up");
  expect(code).toBe(exitCodes.alreadyUp);
  expect(note).toContain(`got: ${shell.up().address}`);
  expect(note).toContain("pawl up --stop");
});

test("a port fixed by the user that is taken is an error with what to do", async () => {
  const other = new Shell();
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as { port: number };
  const { code, note } = await other.pawl("up", "--port", String(port));
  expect({ code, note }).toEqual({
    code: 1,
    note: expect.stringMatching(new RegExp(`127\\.0\\.0\\.1:${port} .*\\n.*PORT_TAKEN · next: .*--port`)),
  });
  taken.close();
  await other.close();
});

test("a finished stage comes from the cache, and plan says so before", async () => {
  const [forecast] = await shell.json<PlannedWork>("plan", "quick");
  expect(forecast!.stages).toEqual([
    expect.objectContaining({ verdict: "cached", reasons: [expect.stringMatching(/^result of quick-/)] }),
  ]);
  const events = await shell.json<{ event: string; status?: string; stages?: { status: string }[] }>("run", "quick");
  expect(events.at(-1)).toMatchObject({ event: "end", status: "succeeded", stages: [{ status: "cached" }] });
  const [changed] = await shell.json<PlannedWork>("plan", "quick", "-i", "corpus=blue fish");
  expect(changed!.stages[0]!.reasons[0]).toMatch(/^with\.source\.text is now "blue fish", was /);
});

test("a run reads the files of the directory that it was started in, whichever the server was started in", async () => {
  const other = mkdtempSync(path.join(tmpdir(), "pawl-other-"));
  const pipeline =
    "name: reads\nstages:\n  data:\n    uses: dataset\n    with: { source: { file: rows.txt }, unit: line }\n";
  for (const [directory, rows] of [
    [shell.directory, "1\n2\n3\n"],
    [other, "1\n2\n"],
  ] as const) {
    writeFileSync(path.join(directory, "rows.txt"), rows);
    writeFileSync(path.join(directory, "reads.yaml"), pipeline);
  }
  const args = ["run", "reads.yaml", "--json"];
  const rowsIn = ({ code, out }: Outcome): unknown => {
    const end = JSON.parse(out.trimEnd().split("\n").at(-1)!) as { stages: { metrics: { trainRows: number } }[] };
    return { code, rows: end.stages[0]!.metrics.trainRows };
  };
  expect(rowsIn(await shell.pawl(...args))).toEqual({ code: 0, rows: 3 });
  expect(rowsIn(await shell.start(args, { directory: other }).ended)).toEqual({ code: 0, rows: 2 });
  rmSync(other, { recursive: true, force: true });
});

test("what the workers do not have of this environment is said, and how to apply it", async () => {
  const { code, note } = await shell.start(["run", "quick"], { environment: { HF_TOKEN: "a token" } }).ended;
  expect(code).toBe(0);
  expect(note).toMatch(/HF_TOKEN is set here but was not set when the server started/);
  expect(note).toMatch(/to apply it: `pawl up --stop`, then this command again/);
  expect(note).not.toContain("a token");
});

test("`pawl up` that is killed again and again while its server starts leaves one server", async () => {
  const other = new Shell();
  await other.ownPorts();
  const left: ProcessIdentity[] = [];
  for (let kill = 0; kill < 2; kill++) {
    const up = other.start(["up"]);
    let server: ProcessIdentity | undefined;
    while (
      (server = recordedServer(path.join(other.home, "server.process"))) === undefined ||
      left.some(({ pid }) => pid === server!.pid)
    )
      await pause(lookEveryMs);
    left.push(server);
    up.kill("SIGKILL");
    await up.ended;
  }
  const [last] = left.slice(-1);
  expect(left.filter(lives)).toEqual([last]);
  const up = other.start(["up"]);
  await up.printed(/Access +other users of this machine can read histories/);
  expect(left.filter(lives)).toEqual([]);
  expect(lives(recordedServer(path.join(other.home, "server.process"))!)).toBe(true);
  up.kill("SIGTERM");
  await up.ended;
  await other.close();
});

test("`pawl up` outlives a server that cannot be started again for a while, and a record that cannot be written", async () => {
  const other = new Shell();
  await other.ownPorts();
  const up = other.start(["up"]);
  await up.printed(/Temporal/);
  const { port, up: process_, server } = other.up();
  // Nobody but the other program may be quick enough to take the port.
  process.kill(process_.pid, "SIGSTOP");
  process.kill(server.pid, "SIGKILL");
  while (lives(server)) await pause(lookEveryMs);
  const taken = await takePort(port);
  process.kill(process_.pid, "SIGCONT");
  await up.printed(/the server does not start: .*the next attempt follows in 1 s/);
  taken.close();
  while (!lives(other.up().server)) await pause(lookEveryMs);
  expect(other.up().port).toBe(port);

  // The server that it has started ends, as no record names it.
  const next = other.up().server;
  const record = path.join(other.home, "up.json");
  rmSync(record);
  mkdirSync(record);
  process.kill(next.pid, "SIGKILL");
  await up.printed(/the server does not start: .*up\.json.*the next attempt follows/);
  expect(lives(recordedServer(path.join(other.home, "server.process"))!)).toBe(false);
  rmdirSync(record);
  while (!existsSync(record)) await pause(lookEveryMs);
  expect(other.up()).toMatchObject({ port });
  expect(lives(other.up().server)).toBe(true);
  up.kill("SIGTERM");
  expect((await up.ended).code).toBe(0);
  await other.close();
});

test("`pawl up` whose first record cannot be written leaves no server", async () => {
  for (let isBlocked = false; !isBlocked;) {
    const other = new Shell();
    await other.ownPorts();
    const up = other.start(["up"]);
    const server = path.join(other.home, "server.process");
    while (recordedServer(server) === undefined) await pause(lookEveryMs);
    isBlocked = await blockRecord(other, up);
    if (!isBlocked) up.kill("SIGTERM");
    const { code, note } = await up.ended;
    expect({ code, note }).toEqual(
      isBlocked ? { code: 1, note: expect.stringContaining("EISDIR") } : { code: 0, note },
    );
    expect(lives(recordedServer(server)!)).toBe(false);
    await other.close();
  }
});

test("`pawl worker` that is stopped while it starts ends", async () => {
  const other = new Shell();
  await other.ownPorts();
  const worker = other.start(["worker"]);
  while (recordedServer(path.join(other.home, "server.process")) === undefined) await pause(lookEveryMs);
  worker.kill("SIGTERM");
  expect((await worker.ended).code).toBe(0);
  await other.close();
});

test("`pawl worker` whose server lacks the namespace says so, and starts no process", async () => {
  await shell.pawl("run", "quick", "--detach");
  const { address } = (await readUp(shell.home))!;
  const environment = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: "elsewhere" };
  const { code, out, note } = await shell.start(["worker"], { environment }).ended;
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(note).toContain("the Temporal server does not have this namespace");
  expect(note).toContain("temporal operator namespace create");
});

test("namespace, key and certificates of the environment are for the server that it names, not for the embedded one", async () => {
  const other = new Shell();
  other.pipeline("quick", "stages:\n  data:\n    uses: dataset\n    with: { source: { text: x } }\n");
  await other.ownPorts();
  const environment = { TEMPORAL_NAMESPACE: "elsewhere", TEMPORAL_API_KEY: "secret", TEMPORAL_TLS: "true" };
  const { code, note } = await other.start(["run", "quick"], { environment }).ended;
  expect({ code, note }).toMatchObject({ code: 0 });
  expect((await other.start(["list", "--json"], { environment }).ended).out).toContain('"succeeded"');
  await other.close();
});

test("a failed run ends non-zero with the stage's error, and says what to do", async () => {
  const { code, out } = await shell.pawl("run", "fails");
  expect(code).toBe(1);
  expect(out).toMatch(/stages\.data \(dataset\), with\.source\.file {2}no file to read/);
  expect(out).toMatch(/DATA_MISSING · next: /);
  expect(out).toMatch(/next: change that, then pawl run pipelines\/fails\.yaml/);
});

test("a parked stage is tried again with a changed setting", async () => {
  const run = await parked();
  writeFileSync(path.join(shell.directory, "present.txt"), "a line of text\n");
  expect(await shell.pawl("retry", run, "dat")).toMatchObject({
    code: 1,
    note: expect.stringMatching(/STAGE_NOT_PARKED/),
  });
  const before = await shell.json("status", run);
  expect(await shell.pawl("retry", run, "data", "--set", "with.sauce.file=present.txt")).toMatchObject({
    code: 1,
    note: expect.stringMatching(/with\.sauce is not a known key\n(.*\n)*.*UNKNOWN_KEY/),
  });
  expect(await shell.json("status", run)).toEqual(before);
  expect((await shell.pawl("retry", run, "data", "--set", "with.source.file=present.txt")).code).toBe(0);
  const changed = 'data was changed by retry: with.source.file = "present.txt"';
  expect(await shell.pawl("watch", run)).toMatchObject({ code: 0, out: expect.stringContaining("succeeded in") });
  expect(await shell.pawl("retry", run, "data")).toMatchObject({
    code: 1,
    note: expect.stringMatching(/has ended \(succeeded\)/),
  });
  expect((await shell.pawl("status", run)).out).toContain(changed);
  expect((await shell.pawl("logs", run)).out).toMatch(/data {2}changed by retry {2}file present\.txt/);
});

test("a parked stage is skipped; or fails its run", async () => {
  const skipped = await parked();
  await shell.json("skip", skipped, "data");
  expect((await shell.pawl("watch", skipped)).code).toBe(0);
  const aborted = await parked();
  await shell.json("abort", aborted, "data");
  expect((await shell.pawl("watch", aborted)).code).toBe(1);
});

test("SIGINT leaves a run that is watched; it can be cancelled, and resumed after", async () => {
  const running = shell.start(["run", "parks"]);
  await running.printed(/data {2}parked/);
  const run = (await running.printed(/parks-\w{6}/)).trim();
  running.kill("SIGINT");
  expect(await running.ended).toMatchObject({ code: 130, out: expect.stringContaining(`pawl watch ${run}`) });
  expect(await statusOf(run)).toBe("parked");

  expect(await shell.pawl("resume", run)).toMatchObject({
    code: 1,
    note: expect.stringMatching(/still running\n.*pawl watch/),
  });
  expect((await shell.pawl("cancel", run)).code).toBe(0);
  expect((await shell.pawl("watch", run)).code).toBe(exitCodes.canceled);
  expect(await statusOf(run)).toBe("cancelled");
  expect((await shell.pawl("cancel", run)).note).toContain("has already ended: cancelled");

  writeFileSync(path.join(shell.directory, "absent.txt"), "now it is here\n");
  expect(await shell.pawl("resume", run)).toMatchObject({ code: 0, out: expect.stringContaining("succeeded in") });
  expect((await shell.pawl("resume", run)).note).toMatch(/nothing left to do\n {2}RUN_NOT_RESUMABLE/);
});

test("a run that does not exist is answered with the nearest one; its log and status are readable", async () => {
  const run = await shell.detached("quick");
  await shell.pawl("watch", run);
  const misspelt = `${run.slice(0, -1)}_`;
  for (const verb of ["status", "watch", "cancel", "resume", "logs"])
    expect((await shell.pawl(verb, misspelt)).note).toMatch(/RUN_NOT_FOUND · next: did you mean quick-/);
  expect((await shell.pawl("logs", run, "daat")).note).toContain(`pawl logs ${run} data`);
  expect((await shell.pawl("status", run)).out).toMatch(/data {3}dataset {2}(cached|succeeded)/);
});

test("the built program says of a run what this process says of it, verb by verb", async () => {
  const run = await shell.detached("quick", "-i", "corpus=verb by verb");
  expect((await shell.pawl("watch", run)).code).toBe(0);
  for (const args of [
    ["status", run],
    ["metrics", run],
    ["inspect", `${run}/data/train`],
    ["lineage", `${run}/data/train`],
    ["diff", run, run],
    ["cancel", run],
    ["pause", run],
    ["resume", run],
    ["retry", run, "data"],
    ["schedule", "list"],
  ]) {
    const built = await shell.start([...args, "--json"]).ended;
    expect({ args, ...built }).toEqual({ args, ...(await shell.pawl(...args, "--json")) });
  }
});

test("a run continues after its server was stopped, though another program has taken the port; a watcher follows", async () => {
  const { other, run, watching } = await watchedOnOwnPorts();
  writeFileSync(path.join(other.directory, "survivor.txt"), "text\n");
  const { port } = other.up();
  await other.pawl("up", "--stop");
  await watching.printed(/the embedded server is no longer running: start it in another terminal with `pawl up`/);
  const taken = await takePort(port);
  // The next verb that needs the server starts it again, on the same database.
  expect((await other.pawl("retry", run, "data", "--set", "with.source.file=survivor.txt")).code).toBe(0);
  expect(other.up().port).not.toBe(port);
  expect(await watching.ended).toMatchObject({ code: 0, out: expect.stringContaining("succeeded in") });
  taken.close();
  await other.close();
});

test.each([
  ["and of its server", true],
  ["alone, while its server continues", false],
])("a watcher starts the embedded server again after the death of `pawl up` %s", async (_, both) => {
  const { other, run, watching } = await watchedOnOwnPorts();
  writeFileSync(path.join(other.directory, "survivor.txt"), "text\n");
  const { up, server, port } = other.up();
  process.kill(up.pid, "SIGKILL");
  if (both) process.kill(server.pid, "SIGKILL");
  await watching.printed(/the embedded server has died: starting it again/);
  const isBack = async (): Promise<boolean> => ((await runningServer(other.home))?.up.pid ?? up.pid) !== up.pid;
  if (!(await isBack())) for await (const _change of watch(other.home)) if (await isBack()) break;
  expect(other.up().port).toBe(port);
  expect((await other.pawl("retry", run, "data", "--set", "with.source.file=survivor.txt")).code).toBe(0);
  expect(await watching.ended).toMatchObject({ code: 0, out: expect.stringContaining("succeeded in") });
  await other.close();
});

test("after `up --stop`, runs are still told from the store", async () => {
  const run = await shell.detached("quick", "-i", "corpus=never read before");
  expect((await shell.pawl("watch", run)).code).toBe(0);
  expect(await shell.json("up", "--stop")).toEqual([{ event: "ended" }]);
  expect(await shell.json("up", "--stop")).toEqual([{ event: "nothing" }]);
  expect(await statusOf(run)).toBe("succeeded");
  const listed = await shell.pawl("list");
  expect(listed.out).toContain(run);
  expect(listed.note).toContain("the server is not up");
  expect((await shell.pawl("logs", run)).out).toMatch(/data {2}/);
});

test("validate loads neither Temporal nor TensorFlow", async () => {
  const tell =
    "export const resolve = async (name, context, next) => { console.error('LOAD ' + name); return next(name, context); }";
  const register = `import { register } from "node:module"; register("data:text/javascript," + encodeURIComponent(${JSON.stringify(tell)}))`;
  const { ended } = shell.start(["validate", "quick"], {
    node: ["--import", `data:text/javascript,${encodeURIComponent(register)}`],
  });
  const { code, note } = await ended;
  const loaded = note.split("\n").filter((line) => line.startsWith("LOAD "));
  expect(code).toBe(0);
  expect(loaded.some((name) => name.includes("chunks/"))).toBe(true);
  expect(loaded.filter((name) => /temporalio|tensorflow|tokenizers|duckdb/.test(name))).toEqual([]);
});

test("doctor finds everything that a run needs", async () => {
  const [findings] = await shell.json<{ name: string; level: string }[]>("doctor");
  expect(findings!.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["Node", "TensorFlow", "Temporal CLI", "Server", "Access", "Store"]),
  );
  expect(findings!.filter(({ level }) => level === "fail")).toEqual([]);
});
