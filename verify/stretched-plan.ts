import { readFileSync } from "node:fs";
import { compilePipeline } from "../compiler/index.js";
import type { JsonObject } from "../platform/json.js";
import { PawlError } from "../platform/errors.js";
import type { Plan } from "../schemas/plan.js";
import { mayRequestChoices } from "../schemas/stages/index.js";

/** A worker process that is stopped for three times as long as this is taken for lost, ms. */
export const stressHeartbeatMs = 2000;

/**
 * A pipeline's plan with frequent checkpoints, so that kills fall into them, and with budgets that no number of kills uses up.
 * @param kills how many may come at most
 * @param stress its heartbeat is short, so that processes can be stopped for longer than it
 * @throws PipelineErrors for a bad definition; PawlError NOT_ALLOWED where a stage waits for people
 */
export async function stretchedPlan(
  { file, inputs = {} }: { file: string; inputs?: JsonObject },
  kills: number,
  stress: boolean,
): Promise<Plan> {
  const { plan } = await compilePipeline({ text: readFileSync(file, "utf8"), file, inputs });
  refusePeople(plan);
  const stages = plan.stages.map((stage) => ({
    ...stage,
    ...(stress && { heartbeatMs: stressHeartbeatMs }),
    checkpoint: { ...stage.checkpoint, everyMs: Math.min(stage.checkpoint.everyMs, 250) },
    retry: { ...stage.retry, maxIntervalMs: 500, on: { ...stage.retry.on, lost: kills + 1, preempted: kills + 1 } },
  }));
  return { ...plan, stages };
}

/** Nobody is there to choose. */
function refusePeople({ stages }: Plan): void {
  const asks = stages.find(({ uses, with: settings }) => mayRequestChoices(uses, settings));
  if (asks === undefined) return;
  throw new PawlError("NOT_ALLOWED", `stages.${asks.id} waits for a person's choices`, {
    where: `stages.${asks.id}`,
    expected: "stages that go on by themselves",
    next: "give it a judge, for example judge: { kind: length }",
  });
}
