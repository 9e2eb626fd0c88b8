import type { ExtensionMetrics } from "../../formats/evaluation.js";
import type { Tokens } from "../../formats/tokens.js";
import type { Architecture } from "../../lm/model/architecture.js";
import { shuffledBatches } from "../../lm/data/batches.js";
import { documentSequences, type Sequences } from "../../lm/data/sequences.js";
import { Trainer } from "../../lm/train/trainer.js";
import type { StageWith } from "../../schemas/stages/index.js";
import { loadBackend } from "../../tensor/backend.js";
import { held } from "../../tensor/host-tensor.js";
import type { HostTensors } from "../../tensor/program.js";
import type { StageContext } from "../stage.js";
import { runTraining } from "../training/loop.js";
import { trainerSettings, trainingPlan } from "../training/settings.js";
import type { LongText } from "./data.js";

/** The result of training at one context. */
export interface TrainedContext {
  weights: HostTensors;
  report: ExtensionMetrics;
}

/** Trains at one context, from its newest checkpoint on. @param index of the sub-step */
export async function trainContext(
  architecture: Architecture,
  weights: HostTensors,
  { data }: LongText,
  settings: StageWith<"extend-context">,
  index: number,
  context: StageContext,
): Promise<TrainedContext> {
  const { steps, ...changed } = settings.steps[index]!;
  if (steps === 0) return { weights, report: { contextLength: architecture.contextLength, steps, tokens: 0 } };
  const fields = { ...settings, ...changed, evaluateEvery: 0 };
  const options = trainerSettings(fields, architecture, steps);
  const { rows, length } = options.shape;
  const batches = shuffledBatches(cutSequences(data, length), rows, length, context.seed);
  await loadBackend();
  const trainer = new Trainer(options, weights);
  try {
    const plan = trainingPlan(trainer, { ...fields, steps }, architecture, { batchAt: batches.at, heldOut: undefined });
    const { loss, tokens } = await runTraining(plan, context);
    return { weights: held(trainer.weights()), report: { contextLength: length, steps, loss: loss!, tokens } };
  } finally {
    trainer.dispose();
  }
}

/** Share of the tokens in sequences of a whole context. */
export function fullShare(data: Tokens, context: number): number {
  const lengths = Array.from(cutSequences(data, context).lengths);
  const full = lengths.filter((length) => length === context).length * context;
  return full / lengths.reduce((sum, length) => sum + length, 0);
}

function cutSequences({ stream, documents }: Tokens, length: number): Sequences {
  return documentSequences(stream, documents, length);
}
