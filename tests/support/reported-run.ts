import { writeFileSync } from "node:fs";
import path from "node:path";
import { compilePipeline } from "../../compiler/compile.js";
import type { Evaluation } from "../../formats/evaluation.js";
import type { ArtifactKind, ArtifactRef } from "../../schemas/artifact.js";
import type { Plan } from "../../schemas/plan.js";
import type { StageState } from "../../schemas/run.js";
import { putArtifact } from "../../store/artifacts/artifacts.js";
import { appendLog } from "../../store/history/log.js";
import { openMetrics } from "../../store/history/metrics.js";
import { recordResult, stageKey } from "../../store/records/results.js";
import { savePlan, saveRecord } from "../../store/records/runs.js";
import type { RunRecord } from "../../store/records/record-types.js";

/** What a model of the run writes: it must do no harm in a page. */
export const hostileText = `<script>alert("x")</script> & </div>`;

const definition = (steps: number): string => `name: poems
description: Learns poems <b>by heart</b>.
inputs: { rate: { type: number, default: 0.01 } }
stages:
  text:
    uses: dataset
    with: { source: { text: "a\\nb\\n" }, unit: line }
  tokens:
    uses: tokenize
    with: { train: ["\${{ stages.text.outputs.train }}"], vocabularySize: 300 }
  base:
    uses: pretrain
    with: { tokens: "\${{ stages.tokens.outputs.tokens }}", steps: ${steps}, learningRate: "\${{ inputs.rate }}" }
  judged:
    uses: evaluate
    with: { model: "\${{ stages.base.outputs.model }}", prompts: ["Who?"] }
outputs: { bits: "\${{ stages.judged.metrics.bitsPerByte }}", model: "\${{ stages.base.outputs.model }}" }
`;

const put = <K extends ArtifactKind>(home: string, kind: K, files: Record<string, unknown>): Promise<ArtifactRef<K>> =>
  putArtifact(home, kind, (directory) => {
    for (const [name, value] of Object.entries(files))
      writeFileSync(path.join(directory, name), typeof value === "string" ? value : JSON.stringify(value));
  });

const startedAtMs = Date.parse("2026-01-02T03:04:05.000Z");
const iso = (seconds: number): string => new Date(startedAtMs + 1000 * seconds).toISOString();

/** What differs between runs. */
export interface ReportedRun {
  runId?: string;
  steps?: number;
  status?: RunRecord["status"];
  /** Why it failed, if no stage did. */
  failure?: RunRecord["failure"];
  /** Values of the loss, from step 1. */
  losses?: number[];
  text?: string;
  accuracy?: number;
  /** States that replace those of stages. */
  states?: Record<string, Partial<StageState>>;
}

/**
 * A run as workers leave it in a store: a data set, tokens from the cache of another run, a model
 * that was trained in two attempts, and its evaluation.
 */
export async function makeReportedRun(home: string, options: ReportedRun = {}): Promise<Plan> {
  const { runId = "poems-1", steps = 4, status = "succeeded", losses = [4, 3, 2.5, 2] } = options;
  const { text = hostileText, accuracy = 0.75, states = {}, failure } = options;
  const yaml = definition(steps);
  const { plan } = await compilePipeline({ text: yaml, file: "poems.yaml" });
  const ofText = { kind: "text", source: "poems of <i>nobody</i>", sourceDigest: "0".repeat(64), license: "MIT" };
  const train = await put(home, "dataset", { "dataset.json": { ...ofText, rows: 2, bytes: 2 }, "data.jsonl": "{}" });
  const tokens = await put(home, "tokens", { "tokens.json": {} });
  const config = { architectures: ["Qwen3ForCausalLM"], num_hidden_layers: 2, hidden_size: 16 };
  const model = await put(home, "model", { "config.json": config, weights: String(steps) });
  const contamination = { trainingData: "unknown" as const, reasons: ["one source is not recorded"] };
  const samples = [{ prompt: "Who?", text, tokens: 3, reason: "stop" }] as const;
  const evaluation = await put(home, "evaluation", {
    "evaluation.json": { contamination, samples: [...samples], baseline: {} } satisfies Evaluation,
  });
  const made = (id: string, metrics: Record<string, number>, outputs: StageState["outputs"]) => ({
    id,
    metrics,
    outputs,
  });
  const stages = [
    made("text", { trainRows: 2 }, { train }),
    made("tokens", { trainTokens: 2 }, { tokens }),
    made("base", { loss: losses.at(-1) ?? 0, parameters: 1234 }, { model }),
    made(
      "judged",
      { bitsPerByte: 1.5, accuracy, accuracyLow: accuracy - 0.1, accuracyHigh: accuracy + 0.1 },
      { evaluation },
    ),
  ];
  const inputs: Record<string, Record<string, unknown>> = {
    ...{ text: {}, tokens: { train: [train] }, base: { tokens, steps }, judged: { model } },
  };
  await savePlan(home, runId, plan, yaml);
  const known: StageState[] = [];
  for (const [i, { id, metrics, outputs }] of stages.entries()) {
    const { uses } = plan.stages[i]!;
    const identity = { uses, version: 1, with: inputs[id] as never, seed: 0, compute: null, source: null };
    const key = stageKey(identity);
    const times = { startedAtMs: startedAtMs + 1000 * i, endedAtMs: startedAtMs + 1000 * (i + 1), workedMs: 500 };
    known.push({ id, uses, status: "succeeded", attempts: 1, key, outputs, metrics, ...times, ...states[id] });
    const lineage = { runId, stage: id, startedAt: iso(i), endedAt: iso(i + 1), machine: "heron" };
    const hardware = { processor: "x64 avx2" };
    await recordResult(home, { ...identity, key, outputs, metrics, lineage: { ...lineage, hardware } });
  }
  const base = known[2]!;
  const history = openMetrics(home, base.key!);
  losses.forEach((loss, i) => history.record(i + 1, { loss, learningRate: 0.01 }));
  await history.finish();
  const log = (seconds: number, attempt: number, message: string, data?: Record<string, unknown>): void =>
    appendLog(home, runId, { time: iso(seconds), stage: "base", attempt, message, ...(data && { data }) });
  log(2, 1, "started", { key: base.key, host: "heron" });
  log(3, 1, "checkpoint", { step: 2 });
  log(4, 1, "failed: IO_FAILED: the disk went away");
  log(5, 2, "started", { key: base.key, host: "egret" });
  log(6, 2, "resumes from its checkpoint", { step: 2 });
  const isOver = ["succeeded", "failed", "cancelled"].includes(status);
  const outputs = { bits: 1.5, model: { ...model } };
  const record = { runId, pipeline: "poems", status, plan, stages: known, outputs, startedAt: iso(0) };
  await saveRecord(home, { ...record, ...(isOver && { endedAt: iso(9) }), ...(failure && { failure }) });
  return plan;
}
