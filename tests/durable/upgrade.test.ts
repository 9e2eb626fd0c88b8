import type { Client } from "@temporalio/client";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { RunRequest, RunResult } from "../../schemas/run.js";
import { findPlan } from "../../store/records/runs.js";
import { connectToRunning } from "../../worker/server/connection.js";
import { startDevServer, type DevServer } from "../../worker/server/dev-server.js";
import { superviseWorkers, type Supervisor } from "../../worker/supervision/supervisor.js";
import { until, type Run } from "./support/fleet.js";

/**
 * What the build 591e9b7 left when it was killed: its home, its server's database and the project,
 * recorded there by upgrade/record.mjs. This build continues.
 */
const fixture = path.join(import.meta.dirname, "../fixtures/upgrade/591e9b7.tar.gz");
// The plans that were granted there name it.
const directory = "/tmp/pawl-upgrade";
const [home, project] = [path.join(directory, "home"), path.join(directory, "project")];
let server: DevServer;
let supervisor: Supervisor;
let client: Client;

beforeAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { mode: 0o700 });
  execFileSync("tar", ["-xzf", fixture, "-C", directory, "--no-same-owner"]);
  writeFileSync(path.join(project, "go"), "");
  const { namespace } = JSON.parse(readFileSync(path.join(directory, "server.json"), "utf8")) as { namespace: string };
  server = await startDevServer({ database: path.join(directory, "server.sqlite"), namespace });
  client = await connectToRunning(server);
  supervisor = await superviseWorkers({ processes: 1, home, server, workingDirectory: project });
  await supervisor.ready;
});
afterAll(async () => {
  await supervisor.stop();
  await client.connection.close();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

const find = (id: string): Run => client.workflow.getHandle<(request: RunRequest) => Promise<RunResult>>(id);
const read = (name: string): string => readFileSync(path.join(project, name), "utf8");

test("a run that waits for an approval continues with what it had: results, a child's outputs, an accepted change", async () => {
  const run = find("waiting");
  const { stages } = await until(run, ({ status }) => status === "waiting");
  expect(stages.every(({ receipt }) => receipt === undefined)).toBe(true);
  expect(stages.find(({ id }) => id === "changed")?.changes).toEqual([{ run: ["true"] }]);
  await run.executeUpdate("approve", { args: [{ stage: "gate", approved: true, by: "me" }] });
  await run.result();
  expect(read("after.txt")).toBe("2 1\n");
  const ended = await until(run, ({ status }) => status === "succeeded");
  expect(ended.stages.map(({ id, attempts }) => [id, attempts])).toEqual([
    ...stages.slice(0, -2).map(({ id, attempts }): [string, number] => [id, attempts]),
    ["gate", 2],
    ["after", 1],
  ]);
});

test("attempts that were under way and in the queue, without tickets, are prepared again by themselves", async () => {
  for (const name of ["held", "queued"]) {
    await find(name).result();
    expect(read(`${name}.txt`)).toBe("");
  }
});

test("the grant that its histories hold opens nothing", async () => {
  const sealed = (await findPlan(home, "waiting"))!;
  expect(sealed.grant).toBeDefined();
  const evil = { ...sealed, stages: [{ ...sealed.stages.at(-1)!, needs: [], with: { run: ["touch", "owned"] } }] };
  const run = await client.workflow.start("pipeline", {
    ...{ taskQueue: "pawl", workflowId: "thief" },
    args: [{ plan: evil }],
  });
  await expect(run.result()).rejects.toMatchObject({ cause: { type: "CODE_NOT_ALLOWED" } });
  expect(() => read("owned")).toThrow(expect.objectContaining({ code: "ENOENT" }));
});
