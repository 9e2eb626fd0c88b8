// Records what an earlier build leaves of runs under way, for upgrade.test.ts:
// `node tests/durable/upgrade/record.mjs ROOT FILE`, with the root of a checkout of that build, set
// up there. It writes an archive of the home directory, the server's database and the project.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { setTimeout as pause } from "node:timers/promises";

const [root, archive] = process.argv.slice(2).map((name) => path.resolve(name));
const load = (file) => import(pathToFileURL(path.join(root, "dist", file)).href);
const [{ signRequest, signChange }, { startDevServer }, { superviseWorkers }, { connectClient }] = await Promise.all(
  ["worker/grant.js", "worker/dev-server.js", "worker/supervisor.js", "worker/connection.js"].map(load),
);

// The granted plans name it: the test puts the project at the same place.
const directory = "/tmp/pawl-upgrade";
const [home, project] = [path.join(directory, "home"), path.join(directory, "project")];
rmSync(directory, { recursive: true, force: true });
mkdirSync(project, { recursive: true });

const waiting = `name: waiting
stages:
  text: { uses: dataset, with: { source: { text: "one\\ntwo" }, unit: line } }
  child: { uses: pipeline, with: { pipeline: ./part.yaml, inputs: { words: three } } }
  each:
    foreach: "\${{ fromJSON('[1, 2]') }}"
    uses: command
    with: { run: [sh, -c, 'test "$1" -gt 0', each, "\${{ item }}"] }
  changed:
    uses: command
    with: { run: ["false"] }
    onFailure: park
    retry: { maxAttempts: 1 }
  gate: { uses: approve, with: { message: "continue?" }, needs: [text, child, each, changed] }
  after:
    uses: command
    needs: [gate, each, changed]
    with:
      run: [sh, -c, 'echo "$1 $2" > after.txt', after, "\${{ stages.text.metrics.trainRows }}", "\${{ stages.child.outputs.rows }}"]
`;
const part = `name: part
inputs: { words: { type: string } }
stages:
  words: { uses: dataset, with: { source: { text: "\${{ inputs.words }}" } } }
outputs: { rows: "\${{ stages.words.metrics.trainRows }}" }
`;
const busy = (name) => `name: ${name}
stages:
  hold:
    uses: command
    heartbeat: 4s
    with: { run: [sh, -c, 'until [ -e go ]; do sleep 0.1; done; touch "$1.txt"', hold, ${name}] }
`;
const until = async (holds) => {
  while (!(await holds())) await pause(50);
};

const server = await startDevServer({ database: path.join(directory, "server.sqlite") });
const supervisor = await superviseWorkers({ processes: 1, home, server, workingDirectory: project });
await supervisor.ready;
const client = await connectClient(server);
const start = (workflowId, request) =>
  client.workflow.start("pipeline", {
    taskQueue: "pawl",
    workflowId,
    args: [signRequest(home, workflowId, { ...request, project })],
  });
const state = (run) => client.workflow.getHandle(run).query("state");
const statusOf = async (run, stage) => (await state(run)).stages.find(({ id }) => id === stage)?.status;

const run = await start("waiting", {
  definition: waiting,
  files: { "./part.yaml": { file: "part.yaml", text: part } },
});
await until(async () => (await statusOf("waiting", "changed")) === "parked");
const change = { stage: "changed", with: { run: ["true"] } };
await run.executeUpdate("retry", { args: [signChange(home, "waiting", change)] });
await until(async () => (await statusOf("waiting", "gate")) === "waiting");
await start("held", { definition: busy("held") });
await until(async () => (await statusOf("held", "hold")) === "running");
// The only worker process is busy: this run's attempt waits in the queue.
await start("queued", { definition: busy("queued") });
await until(async () => {
  const { raw } = await client.workflow.getHandle("queued").describe();
  return (raw.pendingActivities ?? []).length > 0;
});
for (const { pid } of supervisor.processes()) process.kill(pid, "SIGKILL");
await server.kill();
writeFileSync(path.join(directory, "server.json"), JSON.stringify({ namespace: server.namespace }));
execFileSync("tar", ["-czf", archive, "--exclude=./home/workers", "-C", directory, "."]);
process.exit(0);
