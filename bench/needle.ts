/**
 * `npm run bench -- needle [SEED …]`: runs pipelines/long-context.yaml in an empty store, once for each seed (default: 1, 2,
 * 3): a model that learnt at 256 tokens is taken to 2,048 with the same training by three kinds of attention, and asked for
 * what is hidden in held-out text. No peer: dense attention is the measure.
 */
import { report, row } from "./harness.js";
import { outputsOf, withEmptyStore } from "./support/pawl.js";

const given = process.argv.slice(2).map(Number);
const seeds = given.length > 0 ? given : [1, 2, 3];

type Outputs = Record<`${"dense" | "local" | "sparse"}${"Finds" | "BitsPerByte"}`, number>;

report(
  "needle",
  seeds.flatMap((seed) => {
    const { outputs: o, seconds } = withEmptyStore((run) =>
      outputsOf<Outputs>(run, "long-context", "--seed", String(seed)),
    );
    const finds = { unit: "of 1", bounds: "ours" } as const;
    const late = { unit: "bits a byte", peer: o.denseBitsPerByte, bounds: "ratio", better: "lower" } as const;
    const what = (text: string): string => `seed ${seed}: ${text}`;
    return [
      row({ ...finds, what: what("dense finds"), ours: o.denseFinds, better: "higher", atLeast: 0.9, aim: 0.98 }),
      row({ ...finds, what: what("a window finds"), ours: o.localFinds, better: "lower", atLeast: 0.3, aim: 0.3 }),
      row({ ...finds, what: what("selection finds"), ours: o.sparseFinds, better: "higher", atLeast: 0.9, aim: 0.98 }),
      row({ ...late, what: what("held-out text, selection"), ours: o.sparseBitsPerByte, atLeast: 1.02, aim: 1 }),
      row({ ...late, what: what("held-out text, a window"), ours: o.localBitsPerByte, atLeast: 1.1, aim: 1 }),
      row({ what: what("all"), unit: "min", ours: seconds / 60, bounds: "ours", better: "lower", atLeast: 10, aim: 5 }),
    ];
  }),
);
