/**
 * `npm run bench -- train`: one training step of Pawl's model against the same architecture in
 * PyTorch, eager and compiled (bench/peers/torch_train.py): forward, backward, clipping, AdamW,
 * from a batch on the host to the loss on the host. All three take turns; medians.
 */
import os from "node:os";
import path from "node:path";
import { packageRoot } from "../platform/program/locations.js";
import { interleaved, report, row, type Row } from "./harness.js";
import { Contestant, ours } from "./support/contestant.js";
import { torchPython, torchVersion } from "./peers/torch.js";
import { shapes } from "./support/train-shapes.js";

const turns = {
  small: { rounds: 7, steps: 10 },
  large: { rounds: 5, steps: 1 },
};
/** Not slower than before; the aim is half the peer's time. */
const bounds = { atLeast: { commit: "117143e", times: 1 }, aim: 0.5 };

async function measure(name: keyof typeof turns, python: string | undefined): Promise<Row> {
  const shape = shapes[name];
  const { rounds, steps } = turns[name];
  const threads = String(os.availableParallelism());
  const script = path.join(packageRoot(), "bench", "peers", "torch_train.py");
  const contestants: Record<string, Contestant> = {
    ours: ours(shape),
    ...(python && { eager: new Contestant(shape, python, [script, "eager", threads]) }),
    ...(python && { compiled: new Contestant(shape, python, [script, "compile", threads]) }),
  };
  for (const contestant of Object.values(contestants)) await contestant.steps(2, shape.vocabulary);
  const each = Object.entries(contestants).map(([key, c]) => [key, () => c.steps(steps, shape.vocabulary)] as const);
  const medians = await interleaved(rounds, Object.fromEntries(each));
  for (const contestant of Object.values(contestants)) contestant.close();
  const { ours: own, eager, compiled } = medians as { ours: number; eager?: number; compiled?: number };
  if (eager !== undefined && compiled !== undefined)
    process.stderr.write(
      `${name}: ours ${own.toFixed(1)} ms, eager ${eager.toFixed(1)}, compiled ${compiled.toFixed(1)}\n`,
    );
  const what = `training step, width ${shape.hiddenSize} × ${shape.layers} layers, ${shape.rows * shape.length} tokens`;
  const peer = eager === undefined || compiled === undefined ? undefined : Math.min(eager, compiled);
  return row({ what, unit: "ms", ours: own, peer, bounds: "ratio", better: "lower", ...bounds });
}

const python = torchPython();
const rows = [await measure("small", python), await measure("large", python)];
report("train", rows, python ? { torch: torchVersion } : {});
