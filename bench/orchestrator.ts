/**
 * `npm run bench -- orchestrator`: what running stages costs beside their work, on a warm server
 * and workers: stages in a row (beside Prefect, Dagster, DBOS and Restate), programs, the way from
 * a run's first event to its first stage, a matrix, many runs at the same time, and `pawl plan` of
 * many stages.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { compilePipeline } from "../compiler/compile.js";
import { packageRoot } from "../platform/program/locations.js";
import type { Plan } from "../schemas/plan.js";
import { Rig } from "../verify/rig.js";
import { interleaved, median, report, row, type Row } from "./harness.js";
import { dagster, dbos, prefect, restate, rowsPeerVersions } from "./peers/rows.js";
import { residentMemory } from "./support/process-memory.js";

const inARow = 40;
const rounds = 5;
const manyStages = 1000;
const manyRuns = 500;

type Bounds = Pick<Row, "better" | "atLeast" | "aim" | "bounds">;
const atMost = (atLeast: number, aim: number): Bounds => ({ bounds: "ours", better: "lower", atLeast, aim });

const planOf = async (stages: string[]): Promise<Plan> =>
  (await compilePipeline({ text: ["name: bench", "stages:", ...stages, ""].join("\n") })).plan;

/** A stage that writes a line of text into the store. */
const brief = (id: string, text: string, more = ""): string =>
  `  ${id}: { uses: dataset, with: { source: { text: "${text}" } }, cache: false${more} }`;
/** A stage that runs the program `true`. */
const program = (id: string, more = ""): string =>
  `  ${id}: { uses: command, with: { run: ["true"] }, cache: false${more} }`;
const chain = (make: (id: string, more: string) => string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => make(`s${i}`, i === 0 ? "" : `, needs: [s${i - 1}]`));

let runs = 0;
async function seconds(rig: Rig, plan: Plan): Promise<number> {
  const began = performance.now();
  await rig.run(`run-${++runs}`, plan);
  return (performance.now() - began) / 1000;
}

async function stagesInARow(rig: Rig): Promise<Row[]> {
  const [texts, programs] = [
    await planOf(chain((id, more) => brief(id, `line of ${id}`, more), inARow)),
    await planOf(chain(program, inARow)),
  ];
  const peers = { Prefect: prefect(), Dagster: dagster(), DBOS: dbos(), Restate: await restate() };
  try {
    await seconds(rig, texts);
    await seconds(rig, programs);
    for (const peer of Object.values(peers)) await peer?.run(inARow);
    const took = await interleaved(rounds, {
      texts: async () => [await seconds(rig, texts)],
      programs: async () => [await seconds(rig, programs)],
      own: () => [ownSeconds()],
      ...Object.fromEntries(
        Object.entries(peers).map(([name, peer]) => [name, async () => (peer ? [await peer.run(inARow)] : [])]),
      ),
    });
    const above = (took.programs / inARow - took.own) * 1000;
    return [
      ...Object.entries(peers).map(([name, peer]) =>
        row({
          what: `${inARow} trivial stages in a row; peer: ${name}`,
          unit: "s",
          ours: took.texts,
          ...atMost(1.25, 0.8),
          ...(peer ? { peer: (took as Record<string, number>)[name] } : {}),
        }),
      ),
      row({ what: "a command stage (true), above its own time", unit: "ms", ours: above, ...atMost(100, 50) }),
    ];
  } finally {
    for (const peer of Object.values(peers)) peer?.close();
  }
}

/** Time that the program takes by itself, s. */
function ownSeconds(): number {
  const began = performance.now();
  for (let i = 0; i < 20; i++) spawnSync("true");
  return (performance.now() - began) / 1000 / 20;
}

async function firstStage(rig: Rig): Promise<Row> {
  const plan = await planOf([program("only")]);
  const waits: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    await seconds(rig, plan);
    const wait = await rig.firstStageAfterMs(`run-${runs}`);
    if (round > 0) waits.push(wait);
  }
  const ours = median(waits);
  return row({ what: "from a run's first event to its first stage's start", unit: "ms", ours, ...atMost(150, 50) });
}

async function matrix(rig: Rig): Promise<Row[]> {
  const numbers = Array.from({ length: manyStages }, (_, i) => i).join(", ");
  const plan = await planOf([brief("many", "number ${{ matrix.number }}", `, matrix: { number: [${numbers}] }`)]);
  const worker = rig.processes().find(({ name }) => name === "workflows")!;
  const resident = (): number => residentMemory(worker.pid).resident / 2 ** 20;
  const before = resident();
  const took = [await seconds(rig, plan), await seconds(rig, plan), await seconds(rig, plan)];
  const grown = resident() - before;
  return [
    row({ what: `a matrix of ${manyStages} brief stages`, unit: "s", ours: median(took), ...atMost(8, 8) }),
    row({ what: "memory of the workflow process after three of them", unit: "MiB", ours: grown, ...atMost(200, 100) }),
  ];
}

async function manyAtOnce(rig: Rig): Promise<Row> {
  const plan = await planOf(chain((id, more) => brief(id, `line of ${id}`, more), 5));
  const began = performance.now();
  const results = await Promise.all(Array.from({ length: manyRuns }, () => rig.run(`run-${++runs}`, plan)));
  const took = (performance.now() - began) / 1000;
  const ended = results.flatMap(({ stages }) => Object.values(stages)).filter(({ status }) => status === "succeeded");
  if (ended.length !== 5 * manyRuns) throw new Error(`${ended.length} of ${5 * manyRuns} stages succeeded`);
  return row({
    what: `${manyRuns} runs of five stages at the same time, all ended`,
    unit: "s",
    ours: took,
    ...atMost(20, 20),
  });
}

async function plans(rig: Rig): Promise<Row> {
  const directory = mkdtempSync(path.join(os.tmpdir(), "pawl-bench-"));
  try {
    const stages = Array.from({ length: manyStages }, (_, i) => {
      const needs = i % 10 === 0 ? "" : `, needs: [s${i - 1}]`;
      return `  s${i}: { uses: dataset, with: { source: { text: "line ${i}" } }${needs} }`;
    });
    const file = path.join(directory, "many.yaml");
    writeFileSync(file, ["name: many", "stages:", ...stages, ""].join("\n"));
    await seconds(rig, await planOf(stages));
    const main = path.join(packageRoot(), "dist", "cli", "main.js");
    const { ours } = await interleaved(rounds, { ours: () => [planSeconds(main, file, rig.home)] });
    const what = `pawl plan, ${manyStages} stages, warm store, whole process`;
    return row({ what, unit: "s", ours, ...atMost(1, 0.5) });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function planSeconds(main: string, file: string, home: string): number {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "plan", file], {
    encoding: "utf8",
    env: { ...process.env, PAWL_HOME: home },
  });
  if (status !== 0 || !stdout.includes(`0 of ${manyStages} stages would run`)) throw new Error(stdout + stderr);
  return (performance.now() - began) / 1000;
}

const rig = await Rig.start(1);
try {
  const rows = [
    ...(await stagesInARow(rig)),
    await firstStage(rig),
    ...(await matrix(rig)),
    await manyAtOnce(rig),
    await plans(rig),
  ];
  report("orchestrator", rows, rowsPeerVersions);
} finally {
  await rig.stop();
}
