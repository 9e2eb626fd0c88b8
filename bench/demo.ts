/**
 * `npm run bench -- demo [SEED …]`: runs pipelines/llm-from-scratch.yaml in an empty store, once
 * for each seed (default: 1, 2, 3), and compares the metrics of every seed with their bounds. Held
 * out are countries, synthetic names, additions and programs; each share is shown with its 95 %
 * interval and its number of cases.
 */
import { row, type Row } from "./harness.js";
import { reportSeeds, type SeedEnd } from "./support/seeds.js";

type Bounds = Pick<Row, "better" | "atLeast" | "aim">;
const higher = (atLeast: number, aim: number): Bounds => ({ better: "higher", atLeast, aim });
const lower = (atLeast: number, aim: number): Bounds => ({ better: "lower", atLeast, aim });

function rowsOf({ metricsOf, seconds }: SeedEnd<object>): Row[] {
  const plain = (what: string, ours: number, bounds: Bounds, unit = "of 1"): Row =>
    row({ what, unit, ours, bounds: "ours", ...bounds });
  /** A stage's metric, with its number of cases. */
  const share = (what: string, stage: string, metric: string, of: string, bounds: Bounds): Row => {
    const metrics = metricsOf(stage);
    return plain(`${what}: ${told(metrics, metric)} % of ${metrics[of]}`, metrics[metric]!, bounds);
  };
  const chat = metricsOf("evaluate-chat");
  const base = metricsOf("evaluate-base");
  const [before, after] = [metricsOf("addition-sampled-chat"), metricsOf("addition-sampled-reasoned")];
  const reward = metricsOf("reward");
  const compared = metricsOf("preferred-against-chat");
  const change = (what: string, from: Measured, to: Measured, bounds: Bounds): Row =>
    plain(`${what}: ${told(...from)} to ${told(...to)} %`, to[0][to[1]]! - from[0][from[1]]!, bounds);
  return [
    plain("all four stages", seconds / 60, lower(20, 12), "min"),
    plain(
      "after pretraining, beside Brotli that read the same text",
      base["bitsPerByte"]!,
      lower(base["brotliTrainedBitsPerByte"]!, 2),
      "bit/byte",
    ),
    plain("growth of bits per byte, SFT", chat["forgetting"]!, lower(0.1, 0.03)),
    plain("the same, PPO", metricsOf("evaluate-preferred")["forgetting"]!, lower(0.1, 0.03)),
    plain("the same, GRPO", metricsOf("evaluate-reasoned")["forgetting"]!, lower(0.1, 0.03)),
    share("facts in other words", "facts-after-chat", "accuracy", "questions", higher(0.6, 0.85)),
    share("two facts, held-out countries", "two-facts-after-chat", "accuracy", "questions", higher(0.6, 0.85)),
    share("summaries, held-out countries", "summaries-after-chat", "accuracy", "questions", higher(0.6, 0.85)),
    share("synthetic names refused", "refusals-of-unknown", "accuracy", "questions", higher(0.8, 0.95)),
    share("known names refused", "refusals-of-known", "accuracy", "questions", lower(0.05, 0.01)),
    share("reward model", "reward", "accuracy", "heldOutPreferences", higher(0.8, 0.9)),
    change("the same beyond length alone", [reward, "lengthAccuracy"], [reward, "accuracy"], higher(0.1, 0.1)),
    share("PPO against SFT", "preferred-against-chat", "winRate", "comparisons", higher(0.65, 0.8)),
    plain("the same, lower end", compared["winRateLow"]!, higher(0.55, 0.55)),
    change("the same beyond 'the longer wins'", [compared, "lengthWinRate"], [compared, "winRate"], higher(0, 0)),
    change(
      "wholly true stories, SFT to PPO",
      [metricsOf("stories-after-chat"), "accuracy"],
      [metricsOf("stories-after-preferred"), "accuracy"],
      higher(0, 0.1),
    ),
    share("additions after GRPO, greedy", "addition-after-reasoned", "accuracy", "questions", higher(0.75, 0.9)),
    change("additions, 8 samples each", [before, "accuracy"], [after, "accuracy"], higher(0, 0)),
    change(
      "right among additions worked step by step",
      [before, "accuracyWithReasoning"],
      [after, "accuracyWithReasoning"],
      higher(0.1, 0.2),
    ),
    change("share worked step by step", [before, "reasoningShare"], [after, "reasoningShare"], higher(0, 0)),
    change("additions, pass@8", [before, "passAt"], [after, "passAt"], higher(0, 0)),
    change(
      "programs, SFT to GRPO",
      [metricsOf("code-after-chat"), "accuracy"],
      [metricsOf("code-after-reasoned"), "accuracy"],
      higher(0, 0),
    ),
  ];
}

/** A stage's metrics, and the name of one. */
type Measured = [metrics: Readonly<Record<string, number>>, name: string];

/** A share in percent, with its interval if it has one. */
function told(...[metrics, name]: Measured): string {
  const { [name]: share, [`${name}Low`]: low, [`${name}High`]: high } = metrics;
  return low === undefined ? percent(share!) : `${percent(share!)} (${percent(low)} to ${percent(high!)})`;
}

const percent = (share: number): string => (100 * share).toFixed(1);

await reportSeeds("demo", "llm-from-scratch", rowsOf);
