/**
 * Our side of `bench train`, a process of its own with the line protocol of bench/peers/torch_train.py: first the shape,
 * then `run N`, answered with the seconds of each of N steps. An argument is JSON: environment other than
 * the chosen one.
 */
import { createInterface } from "node:readline";
import { resolveArchitecture } from "../../lm/architecture.js";
import type { Batch } from "../../lm/batch.js";
import { initialise } from "../../lm/initialise.js";
import { Trainer } from "../../lm/trainer.js";
import { loadBackend } from "../../tensor/backend.js";
import { nativeEnvironment } from "../../tensor/flags.js";
import { RandomStream } from "../../tensor/random.js";
import type { Shape } from "./train-shapes.js";

function trainer(shape: Shape): Trainer {
  const settings = { ...shape, context: shape.length, ropeTheta: 10000, tieEmbeddings: true };
  const architecture = resolveArchitecture(settings, shape.vocabulary);
  return new Trainer(
    {
      architecture,
      shape,
      accumulate: 1,
      optimizer: { kind: "adamw", weightDecay: 0.1, beta1: 0.9, beta2: 0.95, gradientClip: 1 },
      schedule: { kind: "constant", learningRate: 1e-3, minimumLearningRate: 0, warmupSteps: 0, steps: 1e6 },
    },
    initialise(architecture, 1),
  );
}

/** One sequence of random tokens a row. */
function randomBatch(shape: Shape, step: number): Batch {
  const { rows, length, vocabulary } = shape;
  const stream = new RandomStream(step, "tokens");
  const size = rows * length;
  const draw = (i: number): number => Math.floor(stream.uniform(i) * vocabulary);
  const drawn = Int32Array.from({ length: rows * (length + 1) }, (_, i) => draw(i));
  const place = (i: number): number => Math.floor(i / length) * (length + 1) + (i % length);
  return {
    shape,
    tokens: Int32Array.from({ length: size }, (_, i) => drawn[place(i)]!),
    targets: Int32Array.from({ length: size }, (_, i) => drawn[place(i) + 1]!),
    segments: new Int32Array(size).fill(1),
    positions: Int32Array.from({ length: size }, (_, i) => i % length),
    weights: new Float32Array(size).fill(1),
    weight: size,
  };
}

async function main(): Promise<void> {
  const changed = JSON.parse(process.argv[2] ?? "{}") as Record<string, string>;
  await loadBackend("tensorflow", { ...nativeEnvironment(), ...changed });
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const next = async (): Promise<string | undefined> => {
    const line = await lines.next();
    return line.done ? undefined : line.value;
  };
  const shape = JSON.parse((await next())!) as Shape;
  const model = trainer(shape);
  let step = 0;
  for (let line = await next(); line !== undefined; line = await next()) {
    const seconds: number[] = [];
    let loss = NaN;
    for (let i = Number(line.split(" ")[1]); i > 0; i--) {
      const batch = randomBatch(shape, step);
      const start = performance.now();
      loss = model.step(step, [batch]).loss;
      seconds.push((performance.now() - start) / 1000);
      step += 1;
    }
    process.stdout.write(`${JSON.stringify({ seconds, loss })}\n`);
  }
}

await main();
