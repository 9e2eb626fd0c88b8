/**
 * `npm run bench -- demo [SEED …]`: runs pipelines/llm-from-scratch.yaml in an empty store, once for each seed (default: 1, 2,
 * 3), and holds every metric of every seed against its bound.
 */
import { report, row, type Row } from "./harness.js";
import { outputsOf, withEmptyStore } from "./support/pawl.js";

const given = process.argv.slice(2).map(Number);
const seeds = given.length > 0 ? given : [1, 2, 3];

type Outputs = Record<string, number>;

/** What each metric must reach. Held out are countries, invented names, additions and programs; n and intervals stand in the runs. */
function rowsOf(seed: number, { outputs, seconds }: ReturnType<typeof outputsOf<Outputs>>): Row[] {
  const o = (name: string): number => outputs[name]!;
  const higher = (what: string, ours: number, atLeast: number, aim: number, unit = "of 1") =>
    row({ what: `seed ${seed}: ${what}`, unit, ours, bounds: "ours", better: "higher", atLeast, aim });
  const lower = (what: string, ours: number, atLeast: number, aim: number, unit = "of 1") =>
    row({ what: `seed ${seed}: ${what}`, unit, ours, bounds: "ours", better: "lower", atLeast, aim });
  const reasoning = o("additionWithReasoningAfter") - o("additionWithReasoningBefore");
  return [
    lower("all four stages", seconds / 60, 20, 12, "min"),
    lower("bits per byte after pre-training, beside Brotli", o("bitsPerByte"), o("brotliBitsPerByte"), 2, "bit/byte"),
    lower("bits per byte after instructions, growth", o("forgettingAfterChat"), 0.1, 0.03),
    higher("facts in other words", o("factsInOtherWords"), 0.6, 0.85),
    higher("invented names refused", o("unknownRefused"), 0.8, 0.95),
    lower("known names refused", o("knownRefused"), 0.05, 0.01),
    higher("summaries, held-out countries", o("summariesUnseen"), 0.6, 0.85),
    higher("reward model, held-out countries", o("rewardModelAccuracy"), 0.8, 0.9),
    higher("the same, beyond length alone", o("rewardModelAccuracy") - o("lengthAccuracy"), 0.1, 0.1),
    higher("PPO against SFT, win rate, held-out countries", o("ppoWinRate"), 0.65, 0.8),
    higher("the same, lower 95 % bound", o("ppoWinRateLow"), 0.55, 0.55),
    higher("wholly true stories, change", o("storiesTrueAfterPpo") - o("storiesTrueBeforePpo"), 0, 0.1),
    higher("additions after GRPO, greedy", o("additionAfterGrpo"), 0.75, 0.9),
    higher("additions worked step by step, change", reasoning, 0.1, 0.2),
    higher("additions, pass@8, change", o("additionPassAt8After") - o("additionPassAt8Before"), 0, 0),
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
