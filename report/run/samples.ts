import { readEvaluation } from "../../formats/evaluation.js";
import { readSamples } from "../../formats/samples.js";
import type { StageState } from "../../schemas/run.js";
import { openArtifact } from "../../store/index.js";

/** What a model wrote for a prompt of an `evaluate` or `generate` stage. */
export interface StageSample {
  stage: string;
  prompt: string;
  text: string;
}

/** Maximum number of prompts shown for one stage. */
const mostPrompts = 5;

/**
 * Samples of what the models of a run write, stage by stage, if their artifacts are in this store: a run on another machine
 * may have left them elsewhere.
 */
export async function samplesOf(home: string, stages: readonly StageState[]): Promise<StageSample[]> {
  const all = await Promise.all(stages.map((stage) => samplesIn(home, stage)));
  return all.flat();
}

async function samplesIn(home: string, { id, outputs }: StageState): Promise<StageSample[]> {
  const { samples, evaluation } = outputs;
  try {
    const written = samples
      ? await readSamples(await openArtifact(home, samples))
      : evaluation
        ? ((await readEvaluation(await openArtifact(home, evaluation))).samples ?? [])
        : [];
    return written.slice(0, mostPrompts).map(({ prompt, text }) => ({ stage: id, prompt, text }));
  } catch {
    return [];
  }
}
