/**
 * `npm run bench -- demo [SEED …]`: runs pipelines/llm-from-scratch.yaml in an empty store, once for each seed (default: 1, 2,
 * 3), and holds every metric of every seed against its bound.
 */
import { report, row, type Row } from "./harness.js";
import { outputsOf, withEmptyStore } from "./support/pawl.js";

const given = process.argv.slice(2).map(Number);
const seeds = given.length > 0 ? given : [1, 2, 3];

interface Outputs extends Record<string, number> {
  bitsPerByte: number;
  brotliBitsPerByte: number;
  additionBeforeGrpo: number;
  additionAfterGrpo: number;
  additionPassAt8Before: number;
  additionPassAt8After: number;
}

/** What each metric must reach. */
function rowsOf(seed: number, { outputs: o, seconds }: ReturnType<typeof outputsOf<Outputs>>): Row[] {
  const higher = (what: string, ours: number, atLeast: number, aim: number, unit = "of 1") =>
    row({ what: `seed ${seed}: ${what}`, unit, ours, bounds: "ours", better: "higher", atLeast, aim });
  const lower = (what: string, ours: number, atLeast: number, aim: number, unit: string) =>
    row({ what: `seed ${seed}: ${what}`, unit, ours, bounds: "ours", better: "lower", atLeast, aim });
  return [
    lower("all four stages", seconds / 60, 20, 12, "min"),
    lower("bits per byte after pre-training", o.bitsPerByte, o.brotliBitsPerByte, 2, "bit/byte"),
    higher("facts in unseen words, exact", o["factsInUnseenWords"]!, 0.6, 0.85),
    higher("reward model, held-out pairs", o["rewardModelAccuracy"]!, 0.8, 0.9),
    higher("PPO against SFT, win rate", o["ppoWinRate"]!, 0.65, 0.8),
    higher("PPO against SFT, lower 95 % bound", o["ppoWinRateLow"]!, 0.55, 0.55),
    lower(
      "KL from the reference, distance to the target",
      Math.abs(o["ppoKl"]! / o["ppoKlTarget"]! - 1),
      0.2,
      0.2,
      "of 1",
    ),
    higher("GRPO, held-out addition", (o.additionAfterGrpo - o.additionBeforeGrpo) * 100, 25, 50, "points"),
    higher("GRPO, pass@8, change", (o.additionPassAt8After - o.additionPassAt8Before) * 100, 0, 0, "points"),
    lower("forgetting, bits per byte", o["forgetting"]! * 100, 5, 1, "%"),
  ];
}

report(
  "demo",
  seeds.flatMap((seed) =>
    rowsOf(
      seed,
      withEmptyStore((run) => outputsOf<Outputs>(run, "llm-from-scratch", "--seed", String(seed))),
    ),
  ),
);
