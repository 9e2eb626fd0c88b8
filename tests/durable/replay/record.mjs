// `npm run record-histories [-- NAME …]`: runs a few pipelines of test stages and writes their
// histories to ./histories, from which replay.test.ts proves that today's workflow code still takes
// the same decisions. Record one anew only when a change of the workflow is meant to break runs
// that are under way, and say so in docs/log.md; name those that are new. A patch is asked for in
// the first task of a run (docs/decisions/0022-patches-in-the-first-task.md).
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { fork } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readLog } from "../../../dist/store/history/log-reader.js";
import { connectClient } from "../../../dist/worker/server/connection.js";
import { startDevServer } from "../../../dist/worker/server/dev-server.js";
import { superviseWorkers } from "../../../dist/worker/supervision/supervisor.js";

const directory = path.join(import.meta.dirname, "histories");
const home = mkdtempSync(path.join(tmpdir(), "pawl-histories-"));
const server = await startDevServer({ settings: { "limit.historyCount.suggestContinueAsNew": 60 } });
const supervisor = await superviseWorkers({
  processes: 2,
  home,
  server,
  stageProgram: path.join(import.meta.dirname, "..", "support", "stage-worker.mjs"),
  // The plans come with their requests.
  environment: { PAWL_ALLOW_INLINE_CODE: "1" },
});
await supervisor.ready;
const client = await connectClient(server);

const stage = (id, program, more = {}) => ({
  id,
  uses: "dataset",
  with: { source: { text: JSON.stringify(program) }, query: "none" },
  needs: [],
  retry: {
    maxAttempts: 3,
    intervalMs: 10,
    factor: 2,
    maxIntervalMs: 100,
    on: { preempted: 3, lost: 3, outOfMemory: 1 },
  },
  timeoutMs: 60_000,
  heartbeatMs: 30_000,
  checkpoint: { everyMs: 1000, keep: 2 },
  resources: { gpu: 0 },
  cache: true,
  onFailure: "fail",
  line: 1,
  ...more,
});
const failing = (code, attempts) => ({ fail: { code, attempts } });
const definition = (text) => ({ definition: text });
const plan = (stages, outputs = {}) => ({
  plan: { name: "recorded", definitionDigest: "0".repeat(64), seed: 1, inputs: {}, stages, outputs },
});

const matrixProgram = { source: { text: '{"steps": ${{ matrix.steps }}, "fail": ${{ matrix.fail }}}' }, query: "none" };
const sizes = { combinations: [2, 3, 5].map((steps) => ({ steps, fail: "null" })) };
const itemProgram = { source: { text: '{"steps": ${{ item.steps }}}' }, query: "none" };
const itemsOf = (list) => ({
  items: `\${{ stages.${list}.outputs.train }}`,
  maxItems: 9,
  maxParallel: 2,
  failFast: true,
});
const endless = {
  combinations: [
    { steps: 1, fail: '{"code": "DATA_EMPTY", "attempts": 9}' },
    { steps: 1_000_000, fail: "null" },
  ],
};
const firstFails = {
  combinations: [
    { steps: 1, fail: '{"code": "DATA_EMPTY", "attempts": 9}' },
    { steps: 32, fail: "null" },
    { steps: 33, fail: "null" },
  ],
};
const selected = {
  from: { train: "${{ stages.sweep.outputs.train }}" },
  by: "${{ stages.sweep.metrics.trainRows }}",
  prefer: "highest",
};

const inGroup = (stages, onLimit) => ({
  plan: { ...plan(stages).plan, concurrency: { group: "recorded", limit: 1, onLimit } },
});
const fast = { maxAttempts: 2, intervalMs: 10, factor: 1, maxIntervalMs: 10 };

/**
 * Name of the file -> the request, what is done to the run meanwhile, and what belongs to it and is
 * written, too: ids of children, or a query.
 */
const runs = {
  succeeded: [
    plan(
      [
        stage("a", { steps: 2 }),
        stage("b", { steps: 3 }),
        stage("c", { steps: 4 }, { needs: ["a", "b"], if: "stages.a.metrics.trainRows == 2" }),
        stage("d", {}, { needs: ["a"], if: "false" }),
        stage("e", {}, { needs: ["d"] }),
        stage("again", { steps: 4 }, { needs: ["c"] }),
      ],
      { rows: "${{ stages.c.metrics.trainRows }}", none: "${{ stages.e.outputs.train }}" },
    ),
  ],
  definition: [definition("name: inline\nstages:\n  a: { uses: dataset, with: { source: { text: brief } } }\n")],
  brief: [
    definition(
      [
        "name: brief\nstages:",
        "  good: { uses: dataset, with: { source: { text: good } } }",
        "  bad: { uses: dataset, with: { source: { text: '' } }, onFailure: continue }",
        "  after: { uses: dataset, needs: [good, bad], if: always(), with: { source: { text: after } } }\n",
      ].join("\n"),
    ),
  ],
  "bad-definition": [definition("name: bad\nstages:\n  a: { uses: datasett }\n")],
  retried: [
    plan([
      stage("io", failing("DISK_FULL", 2)),
      stage("lost", { steps: 6, checkpointEvery: 2, crash: { at: 5, attempts: 1 } }),
      stage("spent", failing("OUT_OF_MEMORY", 9), { onFailure: "continue" }),
      stage("rescue", { steps: 8 }, { needs: ["spent"], if: "failure()" }),
    ]),
  ],
  failed: [
    plan([stage("bad", failing("DATA_EMPTY", 9)), stage("late", { steps: 9 }, { needs: ["bad"], if: "always()" })]),
  ],
  parked: [
    plan([
      stage("mended", failing("DATA_EMPTY", 9), { onFailure: "park" }),
      stage("skipped", failing("DATA_INVALID", 9), { onFailure: "park" }),
      stage("after", { steps: 10 }, { needs: ["skipped"] }),
    ]),
    async (run) => {
      await until(run, (state) => state.status === "parked");
      const changed = { source: { text: JSON.stringify({ steps: 11 }) } };
      await run.executeUpdate("retry", { args: [{ stage: "mended", with: changed }] });
      await run.executeUpdate("skip", { args: [{ stage: "skipped" }] });
    },
  ],
  paused: [
    plan([stage("a", { steps: 200, stepMs: 5 }), stage("b", { steps: 18 }, { needs: ["a"] })]),
    async (run) => {
      await working(run.workflowId, "a");
      await run.executeUpdate("pause");
      await until(run, ({ status }) => status === "paused");
      await run.executeUpdate("unpause");
    },
  ],
  "paused-child": [
    {
      definition: "name: parent\nstages:\n  child: { uses: pipeline, with: { pipeline: child } }\n",
      files: {
        child: {
          file: "child.yaml",
          text: [
            "name: child\nstages:",
            '  a: { uses: dataset, with: { source: { text: \'{"steps": 201, "stepMs": 5}\' }, query: none } }',
            "  b: { uses: dataset, needs: [a], with: { source: { text: '{\"steps\": 19}' }, query: none } }\n",
          ].join("\n"),
        },
      },
    },
    async (run) => {
      await working("paused-child.child", "a");
      await run.executeUpdate("pause");
      await until(client.workflow.getHandle("paused-child.child"), ({ status }) => status === "paused");
      await run.executeUpdate("unpause");
    },
    ["paused-child.child"],
  ],
  aborted: [
    plan([stage("a", failing("LOSS_NOT_FINITE", 9), { onFailure: "park" })]),
    async (run) => {
      await until(run, (state) => state.status === "parked");
      await run.executeUpdate("abort", { args: [{ stage: "a" }] });
    },
  ],
  cancelled: [
    plan([stage("a", { steps: 10_000, stepMs: 5 }), stage("b", {}, { needs: ["a"] })]),
    async (run) => {
      await working(run.workflowId, "a");
      await run.cancel();
    },
  ],
  "cancelled-cleaned": [
    plan([
      stage("a", { steps: 10_000, stepMs: 5 }),
      stage("cleaned", { steps: 34 }, { needs: ["a"], if: "cancelled()" }),
      stage("told", { steps: 35 }, { needs: ["cleaned"], if: "always()", cache: false }),
    ]),
    async (run) => {
      await working(run.workflowId, "a");
      await run.cancel();
    },
  ],
  asked: [
    plan([
      stage("person", { request: { items: 3, target: 2, deadlineMs: 3_600_000 } }),
      stage("late", { request: { items: 3, target: 3, deadlineMs: 5000 } }),
      stage("after", {}, { needs: ["person", "late"] }),
    ]),
    async (run) => {
      await until(run, ({ stages }) => stages.filter(({ status }) => status === "waiting").length === 2);
      const send = (name, ...args) => run.executeUpdate(name, { args });
      await send("choose", { stage: "late", item: 2, choice: "tie" });
      await send("choose", { stage: "person", item: 3, choice: "first" });
      await send("withdraw", { stage: "person", item: 3 });
      await send("choose", { stage: "person", item: 1, choice: "second" });
      await send("choose", { stage: "person", item: 2, choice: "bothBad" });
    },
  ],
  matrix: [
    plan(
      [
        stage("sweep", {}, { with: matrixProgram, matrix: { ...sizes, maxParallel: 2, failFast: true } }),
        stage("best", {}, { needs: ["sweep"], uses: "select", with: selected }),
      ],
      { best: "${{ stages.best.outputs.train }}" },
    ),
  ],
  "matrix-stopped": [
    plan([
      stage("sweep", {}, { with: matrixProgram, matrix: { ...endless, failFast: true } }),
      stage("after", {}, { needs: ["sweep"] }),
    ]),
  ],
  "matrix-rest": [
    plan([
      stage("sweep", {}, { with: matrixProgram, matrix: { ...firstFails, maxParallel: 1, failFast: false } }),
      stage("after", {}, { needs: ["sweep"] }),
    ]),
  ],
  foreach: [
    plan(
      [
        stage("list", { rows: [{ steps: 14 }, { steps: 15 }, { steps: 16 }] }),
        stage("none", { rows: [] }),
        stage("each", {}, { needs: ["list"], with: itemProgram, if: "item.steps != 15", foreach: itemsOf("list") }),
        stage("never", {}, { needs: ["none"], with: itemProgram, foreach: itemsOf("none") }),
        stage("wrong", {}, { needs: ["list"], foreach: { ...itemsOf("list"), maxItems: 2 }, onFailure: "continue" }),
        stage(
          "again",
          {},
          {
            needs: ["each"],
            with: { source: { text: '{"steps": ${{ index }}1}' }, query: "none" },
            foreach: { ...itemsOf("list"), items: "${{ stages.each.outputs.train }}" },
          },
        ),
        stage("after", { steps: 17 }, { needs: ["again", "never"] }),
      ],
      { rows: "${{ stages.again.metrics.trainRows }}", none: "${{ stages.never.outputs.train }}" },
    ),
  ],
  approved: [
    plan([
      stage("ask", {}, { uses: "approve", with: { message: "Continue?", form: { size: { type: "integer" } } } }),
      stage("late", {}, { uses: "approve", with: { message: "Still there?", deadline: "1s" }, onFailure: "continue" }),
      stage("after", {}, { needs: ["ask"], if: "stages.ask.answers.size == 3" }),
    ]),
    async (run) => {
      await until(run, ({ stages }) => stages.some(({ status }) => status === "waiting"));
      const answer = { stage: "ask", approved: true, by: "operator", answers: { size: 3 } };
      await run.executeUpdate("approve", { args: [answer] });
    },
  ],
  children: [
    {
      definition: [
        "name: parent\nstages:",
        "  both: { uses: pipeline, matrix: { steps: [2, 3] }, with: { pipeline: child, inputs: { steps: '${{ matrix.steps }}' } } }",
        "  asks: { uses: pipeline, with: { pipeline: asks } }",
        "  stops: { uses: pipeline, onFailure: continue, timeout: 1s, with: { pipeline: asks } }",
        "  after: { uses: dataset, needs: [both, asks, stops], if: always(), with: { source: { text: brief } } }",
        "outputs: { rows: '${{ stages.both.outputs.rows }}' }\n",
      ].join("\n"),
      files: {
        child: {
          file: "child.yaml",
          text:
            "name: child\ninputs: { steps: { type: integer } }\nstages:\n" +
            "  a: { uses: dataset, with: { source: { text: '{\"steps\": ${{ inputs.steps }}}' }, query: none } }\n" +
            "outputs: { rows: '${{ stages.a.metrics.trainRows }}', train: '${{ stages.a.outputs.train }}' }\n",
        },
        asks: {
          file: "asks.yaml",
          text: "name: asks\nstages:\n  ask: { uses: approve, with: { message: Continue? } }\n",
        },
      },
    },
    async (run) => {
      await until(run, ({ stages }) => stages.some(({ id, status }) => id === "asks" && status === "waiting"));
      const answer = { stage: "ask", approved: true, by: "operator" };
      await client.workflow.getHandle("children.asks").executeUpdate("approve", { args: [answer] });
    },
    ["children.asks", "children.stops"],
  ],
  notified: [
    {
      plan: {
        ...plan([stage("bad", failing("DATA_EMPTY", 9), { onFailure: "park" }), stage("good", { steps: 12 })]).plan,
        notify: [{ url: "http://127.0.0.1:1", on: ["parked", "failed"], retry: fast }],
      },
    },
    async (run) => {
      await until(run, ({ undelivered }) => undelivered === 1);
      await run.executeUpdate("abort", { args: [{ stage: "bad" }] });
    },
  ],
  queued: [
    inGroup([stage("a", { steps: 200, stepMs: 5 })], "queue"),
    async (run) => {
      await working(run.workflowId, "a");
      for (const [name, onLimit] of [
        ["queued/second", "queue"],
        ["queued/third", "fail"],
        ["queued/fourth", "cancel"],
      ]) {
        const args = [inGroup([stage("b", { steps: 13 })], onLimit)];
        const next = await client.workflow.start("pipeline", { taskQueue: "pawl", workflowId: name, args });
        await until(next, ({ status }) => status !== "loading" && status !== "running");
      }
    },
    'WorkflowId = "concurrency/recorded"',
  ],
  called: [
    plan([
      stage(
        "called",
        {},
        {
          uses: "activity",
          with: {
            activity: "fail",
            taskQueue: "recorded",
            version: 1,
            settings: { type: "Bad", attempts: 1, result: {} },
          },
        },
      ),
      stage("ask", {}, { uses: "approve", with: { message: "Release?" }, needs: ["called"] }),
    ]),
    async (run) => {
      const place = JSON.stringify({ address: server.address, namespace: server.namespace, taskQueue: "recorded" });
      const worker = fork(path.join(import.meta.dirname, "..", "support", "own-worker.mjs"), [place]);
      await until(run, (state) => state.status === "waiting");
      await run.executeUpdate("approve", { args: [{ stage: "ask", approved: true, by: "reviewer" }] });
      worker.kill();
    },
  ],
  // Since the patch verified-runs: the run signs what it carries over, and checks it.
  verified: [
    plan(Array.from({ length: 14 }, (_, i) => stage(`s${i}`, { steps: 50 + i }, { needs: i ? [`s${i - 1}`] : [] }))),
  ],
  "continued-as-new": [
    plan(Array.from({ length: 14 }, (_, i) => stage(`s${i}`, { steps: 20 + i }, { needs: i ? [`s${i - 1}`] : [] }))),
  ],
};

async function until(run, holds) {
  while (!holds(await run.query("state")));
}
async function working(runId, stage) {
  const follow = new AbortController();
  for await (const { message } of readLog(home, runId, { stage, follow: follow.signal }))
    if (message.startsWith("working")) break;
  follow.abort();
}

/** Writes the histories of all executions that a query finds, the first first. */
async function keep(name, query) {
  const executions = [];
  for await (const { workflowId, runId } of client.workflow.list({ query })) executions.push({ workflowId, runId });
  executions.reverse();
  for (const [index, { workflowId, runId }] of executions.entries()) {
    const handle = client.workflow.getHandle(workflowId, runId);
    await handle.result().catch(() => undefined);
    const history = await handle.fetchHistory();
    const file = executions.length === 1 ? name : `${name}-${index + 1}`;
    writeFileSync(path.join(directory, `${file}.json`), `${withoutPaths(historyToJSON(history))}\n`);
    process.stdout.write(`${file}: ${history.events.length} events\n`);
  }
}

/**
 * Without paths of the machine that recorded it: stacks and the project's directory. Replay does
 * not look at them.
 */
const withoutPaths = (json) =>
  JSON.stringify(
    JSON.parse(json, (key, value) =>
      key === "stackTrace" ? undefined : key === "data" && typeof value === "string" ? withoutProject(value) : value,
    ),
    null,
    1,
  );
const withoutProject = (payload) => {
  const text = Buffer.from(payload, "base64").toString("utf8");
  const clean = text.replaceAll(JSON.stringify(process.cwd()), '"/project"').replaceAll(`"${home}/`, '"/pawl-home/');
  return clean === text ? payload : Buffer.from(clean, "utf8").toString("base64");
};

try {
  mkdirSync(directory, { recursive: true });
  const asked = process.argv.slice(2);
  for (const [name, [request, disturb, further = []]] of Object.entries(runs)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    const options = { taskQueue: "pawl", workflowId: name, args: [request] };
    const run = await client.workflow.start("pipeline", options);
    await disturb?.(run);
    await run.result().catch(() => undefined);
    await keep(name, `WorkflowId = "${name}"`);
    // What the run has started, as `parent` has it.
    await keep(`${name}.child`, `WorkflowId STARTS_WITH "${name}/"`);
    if (typeof further === "string") await keep(`${name}.beside`, further);
    else for (const id of further) await keep(id, `WorkflowId = "${id}"`);
  }
} finally {
  await supervisor.stop();
  await client.connection.close();
  await server.stop();
  rmSync(home, { recursive: true, force: true });
}
