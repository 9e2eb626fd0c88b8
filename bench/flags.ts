/**
 * `npm run bench -- flags`: the chosen switches of TensorFlow (tensor/flags.ts) against each of
 * them changed, on one training step of the small model. All take turns; medians.
 */
import { interleaved, report, row } from "./harness.js";
import { ours } from "./support/contestant.js";
import { shapes } from "./support/train-shapes.js";

const alternatives: Record<string, Record<string, string>> = {
  "with TensorFlow's rewriting of graphs": { PAWL_GRAPH_OPTIMIZER: "1" },
  "without XLA": { TF_XLA_FLAGS: "" },
  "without oneDNN": { TF_ENABLE_ONEDNN_OPTS: "0" },
  "without both": { TF_XLA_FLAGS: "", TF_ENABLE_ONEDNN_OPTS: "0" },
  "without the pooling allocator": { TF_CPU_ALLOCATOR_USE_BFC: "0" },
  "one thread": { TF_NUM_INTRAOP_THREADS: "1" },
  "XLA with fast mathematics": { XLA_FLAGS: "--xla_cpu_enable_fast_math=true" },
};

const shape = shapes.small;
const contestants = {
  chosen: ours(shape),
  ...Object.fromEntries(Object.entries(alternatives).map(([name, environment]) => [name, ours(shape, environment)])),
};
for (const contestant of Object.values(contestants)) await contestant.steps(2, shape.vocabulary);
const turns = Object.entries(contestants).map(([name, c]) => [name, () => c.steps(5, shape.vocabulary)] as const);
const medians = await interleaved<string>(7, Object.fromEntries(turns));
for (const contestant of Object.values(contestants)) contestant.close();
report(
  "flags",
  Object.keys(alternatives).map((name) =>
    row({
      what: `chosen flags against: ${name}`,
      unit: "ms",
      ours: medians["chosen"]!,
      peer: medians[name]!,
      bounds: "ratio",
      better: "lower",
      atLeast: 1.1,
      aim: 1,
    }),
  ),
);
