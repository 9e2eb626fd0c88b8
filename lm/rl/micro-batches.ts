import type { HostTensors } from "../../tensor/program.js";
import type { Rollout } from "../data/rollout.js";

/**
 * A metric that is a mean over the response tokens of each micro-batch, over those of all.
 * @param outputs of each micro-batch
 * @param parts the responses of the batch in each
 */
export function meanOverTokens(
  metric: string,
  outputs: readonly HostTensors[],
  parts: readonly (readonly number[])[],
  { rollouts }: { rollouts: readonly Rollout[] },
): number {
  const tokens = parts.map((part) => part.reduce((sum, i) => sum + rollouts[i]!.response.length, 0));
  const sum = outputs.reduce((all, output, i) => all + tokens[i]! * output[metric]!.data[0]!, 0);
  return (
    sum /
    Math.max(
      1,
      tokens.reduce((all, count) => all + count, 0),
    )
  );
}
