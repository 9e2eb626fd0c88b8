/**
 * Our side of `bench train`, its own process with the line protocol of bench/peers/torch_train.py:
 * first the shape, then `run N`, answered with the seconds of each of N steps. The argument is
 * JSON: environment variables that differ from the chosen ones.
 */
import { createInterface } from "node:readline";
import { Trainer } from "../../lm/train/trainer.js";
import { loadBackend } from "../../tensor/backend.js";
import { nativeEnvironment } from "../../tensor/flags.js";
import { freshModel, randomBatch } from "./synthetic.js";
import type { Shape } from "./train-shapes.js";

async function main(): Promise<void> {
  const changed = JSON.parse(process.argv[2] ?? "{}") as Record<string, string>;
  await loadBackend("tensorflow", { ...nativeEnvironment(), ...changed });
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const next = async (): Promise<string | undefined> => {
    const line = await lines.next();
    return line.done ? undefined : line.value;
  };
  const shape = JSON.parse((await next())!) as Shape;
  const { settings, weights } = freshModel(shape);
  const model = new Trainer(settings, weights);
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
