/**
 * `npm run bench -- needle [SEED …]`: runs pipelines/long-context.yaml in an empty store, once for
 * each seed (default: 1, 2, 3): a model trained at 256 tokens is extended to 2,048 with the same
 * training for three kinds of attention. Then it has to find words that are hidden in held-out
 * text, on which it was not trained. The bound applies to the lower end of the 95 % interval; for a
 * window, it is an upper bound, from what is within its reach. No peer: dense attention is the
 * reference.
 */
import { row } from "./harness.js";
import { reportSeeds } from "./support/seeds.js";

type Kind = "dense" | "local" | "sparse";
type Outputs = Record<
  `${Kind}${"Finds" | "FindsLow" | "FindsHigh" | "BitsPerByte"}` | "localReaches" | "needles" | "foundByChance",
  number
>;

await reportSeeds<Outputs>("needle", "long-context", ({ outputs: o, seconds }) => {
  const finds = { unit: "of 1", bounds: "ours" } as const;
  const late = { unit: "bits a byte", peer: o.denseBitsPerByte, bounds: "ratio", better: "lower" } as const;
  const found = (kind: Kind): string => {
    const [share, low, high] = [o[`${kind}Finds`], o[`${kind}FindsLow`], o[`${kind}FindsHigh`]].map((value) =>
      (100 * value).toFixed(1),
    );
    return `${share} % of ${o.needles} (${low} to ${high}; by chance ${(100 * o.foundByChance).toFixed(1)})`;
  };
  // All that is within reach, and of the rest what chance finds.
  const most = o.localReaches + (1 - o.localReaches) * o.foundByChance;
  return [
    row({
      ...finds,
      what: `dense finds ${found("dense")}`,
      ours: o.denseFindsLow,
      better: "higher",
      atLeast: 0.9,
      aim: 0.98,
    }),
    row({
      ...finds,
      what: `a window finds ${found("local")}`,
      ours: o.localFindsLow,
      better: "lower",
      atLeast: most,
      aim: most,
    }),
    row({
      ...finds,
      what: `selection finds ${found("sparse")}`,
      ours: o.sparseFindsLow,
      better: "higher",
      atLeast: 0.9,
      aim: 0.98,
    }),
    row({ ...late, what: "held-out text, selection", ours: o.sparseBitsPerByte, atLeast: 1.02, aim: 1 }),
    row({ ...late, what: "held-out text, a window", ours: o.localBitsPerByte, atLeast: 1.1, aim: 1 }),
    row({ what: "all", unit: "min", ours: seconds / 60, bounds: "ours", better: "lower", atLeast: 10, aim: 5 }),
  ];
});
