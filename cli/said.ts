import { readEvaluation } from "../formats/evaluation.js";
import { readSamples } from "../formats/samples.js";
import type { StageState } from "../schemas/run.js";
import { openArtifact } from "../store/index.js";

/** What a model answered to a prompt of an `evaluate` or `generate` stage. */
export interface Said {
  stage: string;
  prompt: string;
  text: string;
}

/** Prompts shown of one stage. */
const mostPrompts = 5;

/**
 * What the models of a run said, stage by stage, as far as their artifacts are in this store (a run of another machine
 * may have left them elsewhere).
 */
export async function whatWasSaid(home: string, stages: readonly StageState[]): Promise<Said[]> {
  const said = await Promise.all(stages.map((stage) => saidIn(home, stage)));
  return said.flat();
}

async function saidIn(home: string, { id, outputs }: StageState): Promise<Said[]> {
  const { samples, evaluation } = outputs;
  try {
    const answers = samples
      ? await readSamples(await openArtifact(home, samples))
      : evaluation
        ? ((await readEvaluation(await openArtifact(home, evaluation))).samples ?? [])
        : [];
    return answers.slice(0, mostPrompts).map(({ prompt, text }) => ({ stage: id, prompt, text }));
  } catch {
    return [];
  }
}
