import { readEvaluation } from "../../formats/evaluation.js";
import { readSamples } from "../../formats/samples.js";
import type { StageState } from "../../schemas/run.js";
import { openArtifact } from "../../store/artifacts/artifacts.js";

/** What a model wrote for a prompt of an `evaluate` or `generate` stage. */
export interface StageSample {
  stage: string;
  prompt: string;
  text: string;
}

/** Maximum number of prompts that the terminal shows for one stage. */
const usualPrompts = 5;

/**
 * Samples of what the models of a run write, stage by stage, if their artifacts are in this store:
 * a run on another machine may have left them elsewhere.
 * @param maxPrompts maximum number of prompts for one stage
 * @param problem called with what cannot be read
 */
export async function readRunSamples(
  home: string,
  stages: readonly StageState[],
  maxPrompts = usualPrompts,
  problem: (error: Error) => void = () => {},
): Promise<StageSample[]> {
  const read = (stage: StageState): Promise<StageSample[]> =>
    samplesIn(home, stage, maxPrompts).catch((error: unknown) => {
      problem(new Error(`${stage.id}: ${(error as Error).message}`));
      return [];
    });
  return (await Promise.all(stages.map(read))).flat();
}

async function samplesIn(home: string, { id, outputs }: StageState, maxPrompts: number): Promise<StageSample[]> {
  const { samples, evaluation } = outputs;
  const written = samples
    ? await readSamples(await openArtifact(home, samples))
    : evaluation
      ? ((await readEvaluation(await openArtifact(home, evaluation))).samples ?? [])
      : [];
  return written.slice(0, maxPrompts).map(({ prompt, text }) => ({ stage: id, prompt, text }));
}
