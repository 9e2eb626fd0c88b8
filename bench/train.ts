/**
 * `npm run bench -- train`: one training step of Pawl's model against the same architecture in PyTorch, eager and
 * compiled (bench/peers/torch_train.py): forward, backward, clipping, AdamW, from a batch on the host to the loss on the
 * host. All three take turns; medians.
 */
import os from "node:os";
import path from "node:path";
import { packageRoot } from "../tensor/locations.js";
import { interleaved, report, row, type Row } from "./harness.js";
import { LineProcess } from "./support/line-process.js";
import { torchPython, torchVersion } from "./peers/torch.js";
import { shapes, type Shape } from "./support/train-shapes.js";

const bounds = {
  small: { atLeast: 1, aim: 0.8, rounds: 7, steps: 10 },
  large: { atLeast: 1.15, aim: 0.9, rounds: 5, steps: 1 },
};

interface Answer {
  seconds: number[];
  loss: number;
}

class Contestant {
  readonly #process: LineProcess;

  constructor(shape: Shape, command: string, args: string[]) {
    this.#process = new LineProcess(command, args);
    this.#process.tell(JSON.stringify(shape));
  }

  /** Milliseconds of each of some steps. Throws where the loss of a fresh model on random tokens is impossible. */
  async steps(count: number, vocabulary: number): Promise<number[]> {
    const { seconds, loss } = JSON.parse(await this.#process.ask(`run ${count}`)) as Answer;
    if (Math.abs(loss - Math.log(vocabulary)) > 0.5) throw new Error(`loss ${loss}, expected ${Math.log(vocabulary)}`);
    return seconds.map((s) => s * 1000);
  }

  close(): void {
    this.#process.close();
  }
}

async function measure(name: keyof typeof bounds, python: string | undefined): Promise<Row> {
  const shape = shapes[name];
  const { atLeast, aim, rounds, steps } = bounds[name];
  const threads = String(os.availableParallelism());
  const script = path.join(packageRoot(), "bench", "peers", "torch_train.py");
  const contestants: Record<string, Contestant> = {
    ours: new Contestant(shape, process.execPath, [path.join(import.meta.dirname, "support", "train-process.js")]),
    ...(python && { eager: new Contestant(shape, python, [script, "eager", threads]) }),
    ...(python && { compiled: new Contestant(shape, python, [script, "compile", threads]) }),
  };
  for (const contestant of Object.values(contestants)) await contestant.steps(2, shape.vocabulary);
  const turns = Object.entries(contestants).map(([key, c]) => [key, () => c.steps(steps, shape.vocabulary)] as const);
  const medians = await interleaved(rounds, Object.fromEntries(turns));
  for (const contestant of Object.values(contestants)) contestant.close();
  const { ours, eager, compiled } = medians as { ours: number; eager?: number; compiled?: number };
  if (eager !== undefined && compiled !== undefined)
    process.stderr.write(
      `${name}: ours ${ours.toFixed(1)} ms, eager ${eager.toFixed(1)}, compiled ${compiled.toFixed(1)}\n`,
    );
  const what = `training step, width ${shape.width} × ${shape.layers} layers, ${shape.rows * shape.length} tokens`;
  const peer = eager === undefined || compiled === undefined ? undefined : Math.min(eager, compiled);
  return row({ what, unit: "ms", ours, peer, bounds: "ratio", better: "lower", atLeast, aim });
}

const python = torchPython();
const rows = [await measure("small", python), await measure("large", python)];
report("train", rows, python ? { torch: torchVersion } : {});
