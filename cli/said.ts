import { readFile } from "node:fs/promises";
import path from "node:path";
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
      ? parseLines(await readFile(path.join(await openArtifact(home, samples), "samples.jsonl"), "utf8"))
      : evaluation
        ? answersOf(
            JSON.parse(await readFile(path.join(await openArtifact(home, evaluation), "evaluation.json"), "utf8")),
          )
        : [];
    return answers.slice(0, mostPrompts).map(({ prompt, text }) => ({ stage: id, prompt, text }));
  } catch {
    return [];
  }
}

type Answer = Pick<Said, "prompt" | "text">;

function parseLines(text: string): Answer[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Answer);
}

function answersOf(evaluation: unknown): Answer[] {
  return (evaluation as { samples?: Answer[] }).samples ?? [];
}
