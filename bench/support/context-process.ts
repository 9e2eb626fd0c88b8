/**
 * One point of `bench context`, in its own process, so that its peak memory is that of the point.
 * The argument is the point as JSON; it prints a `Measured` as JSON.
 */
import * as tf from "@tensorflow/tfjs-core";
import { parameters, resolveArchitecture, type Architecture } from "../../lm/model/architecture.js";
import { packedAttention } from "../../lm/model/attention/packed.js";
import { batchInputs, batchSpecs } from "../../lm/data/batch.js";
import { initialize } from "../../lm/model/initialize.js";
import { batchNats } from "../../lm/train/batch-loss.js";
import { Trainer } from "../../lm/train/trainer.js";
import { loadBackend } from "../../tensor/backend.js";
import { compile } from "../../tensor/compile.js";
import type { HostTensor, HostTensors } from "../../tensor/program.js";
import { RandomStream } from "../../platform/random.js";
import type { Measured, Point } from "./context-point.js";
import { peakMemory } from "./process-memory.js";
import { freshModel, randomBatch } from "./synthetic.js";

const vocabulary = 256;

function architectureOf(point: Point): Architecture {
  const { layers, hiddenSize, heads, keyValueHeads } = point;
  const layout = {
    layers,
    hiddenSize,
    heads,
    keyValueHeads,
    contextLength: point.tokens,
    ropeTheta: 10000,
    tieEmbeddings: true,
  };
  return resolveArchitecture({ ...layout, ...point.attention }, vocabulary);
}

/** What is run repeatedly; the first run compiles. */
function work(point: Point): () => void {
  const a = architectureOf(point);
  if (point.what === "attention") return attentionStep(a, point.tokens);
  const { layers, hiddenSize, heads, keyValueHeads, tokens: length } = point;
  const shape = {
    layers,
    hiddenSize,
    heads,
    keyValueHeads,
    intermediateSize: a.intermediateSize,
    vocabulary,
    rows: 1,
    length,
  };
  const batch = randomBatch(shape, 1);
  if (point.what === "forward") {
    const program = compile(initialize(a, 1), {
      forward: {
        inputs: batchSpecs(batch.shape),
        run: (weights, inputs) => ({ outputs: { loss: batchNats(a, weights, inputs) } }),
      },
    });
    return () => void program.run("forward", batchInputs(batch));
  }
  const { settings } = freshModel(shape);
  const trainer = new Trainer({ ...settings, architecture: a, shape: batch.shape }, initialize(a, 1));
  let step = 0;
  return () => void trainer.step(step++, [batch]);
}

/** Forward and backward of one layer's attention alone. */
function attentionStep(a: Architecture, tokens: number): () => void {
  const random = (name: string, shape: number[]): HostTensor => ({
    dtype: "float32",
    shape,
    data: new RandomStream(1, name).normals(shape.reduce((x, y) => x * y, 1)),
  });
  const own = parameters(a).filter(({ name }) => name.includes("layers.0.self_attn.block"));
  const state: HostTensors = {
    q: random("q", [1, tokens, a.heads, a.headDim]),
    k: random("k", [1, tokens, a.keyValueHeads, a.headDim]),
    v: random("v", [1, tokens, a.keyValueHeads, a.headDim]),
    normed: random("normed", [tokens, a.hiddenSize]),
    ...Object.fromEntries(own.map(({ name, shape }) => [name, random(name, shape)])),
  };
  const integers = { dtype: "int32" as const, shape: [1, tokens] };
  const program = compile(state, {
    step: {
      inputs: { segments: integers, positions: integers },
      run: (state, { segments, positions }) => {
        const attention = packedAttention(a, state, segments!, positions!);
        const { grads } = tf.valueAndGrads((q, k, v) => tf.sum(tf.square(attention(q, k, v, 0, state["normed"]!))))([
          state["q"]!,
          state["k"]!,
          state["v"]!,
        ]);
        return { outputs: { done: grads.map((g) => tf.sum(g)).reduce((x, y) => tf.add(x, y)) } };
      },
    },
  });
  const segments = { ...integers, data: new Int32Array(tokens).fill(1) };
  const positions = { ...integers, data: Int32Array.from({ length: tokens }, (_, i) => i) };
  return () => void program.run("step", { segments, positions });
}

const point = JSON.parse(process.argv[2]!) as Point;
await loadBackend("tensorflow");
const run = work(point);
run();
const seconds: number[] = [];
for (let i = 0; i < point.runs; i++) {
  const before = process.cpuUsage();
  run();
  const used = process.cpuUsage(before);
  seconds.push((used.user + used.system) / 1e6);
}
const measured: Measured = { seconds, peak: peakMemory() };
process.stdout.write(JSON.stringify(measured));
process.exit(0);
