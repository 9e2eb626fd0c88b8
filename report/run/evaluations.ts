import { readEvaluation, type Evaluation, type NeedleMetrics } from "../../formats/evaluation.js";
import type { StageState } from "../../schemas/run.js";
import { openArtifact } from "../../store/artifacts/artifacts.js";
import { readMeasurements, type Measurement } from "./measurements.js";

/** The measurements of a stage. */
export interface EvaluatedStage {
  stage: string;
  measurements: Measurement[];
  /** How many were measured: "485 questions". */
  count?: string;
  /** What decided that a response is right, or better. */
  decidedBy?: string;
  contamination?: Contamination;
  needle?: NeedleMetrics;
}

/** How much of what was measured on is in the training data. */
export interface Contamination {
  /** Share of rows; absent if the training data are not known. */
  rows?: number;
  /** Share of grams. */
  grams?: number;
  /** Warnings, or why the training data are not known. */
  remarks: string[];
}

/**
 * What a stage with an evaluation has measured: its metrics, and what its artifact adds.
 * @throws PawlError of the artifact
 */
export async function readEvaluated(home: string, stage: StageState): Promise<EvaluatedStage> {
  const content = await readEvaluation(await openArtifact(home, stage.outputs["evaluation"]!));
  const { contamination, needle, questions, comparison } = content;
  const count = describeCount(content);
  const decidedBy = questions?.verifiers ?? comparison?.judge;
  return {
    ...withoutArtifact(stage),
    ...(count !== undefined && { count }),
    ...(decidedBy !== undefined && { decidedBy }),
    ...(contamination && { contamination: shortened(contamination) }),
    ...(needle && { needle }),
  };
}

/** The evaluation if the artifact cannot be read. */
export const withoutArtifact = (stage: StageState): EvaluatedStage => ({
  stage: stage.id,
  measurements: readMeasurements(stage),
});

function describeCount({ questions, comparison, text, needle }: Evaluation): string | undefined {
  const counts = [
    [questions?.questions, "questions"],
    [comparison?.comparisons, "comparisons"],
    [needle?.byLength.reduce((sum, { needles }) => sum + needles, 0), "needles"],
    [text?.bytes, "bytes"],
  ] as const;
  const known = counts.flatMap(([count, of]) =>
    count === undefined ? [] : [`${count.toLocaleString("en-US")} ${of}`],
  );
  return known.length === 0 ? undefined : known.join(", ");
}

function shortened(found: NonNullable<Evaluation["contamination"]>): Contamination {
  if ("reasons" in found) return { remarks: found.reasons };
  const { contaminatedRows, contaminatedGrams, warnings } = found;
  return { rows: contaminatedRows, grams: contaminatedGrams, remarks: warnings };
}
