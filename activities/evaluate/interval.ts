import { groupInterval } from "../../lm/train/group-interval.js";
import type { Share } from "../../formats/evaluation.js";
import { mean, outcomeInterval } from "../../lm/train/metrics.js";
import { PawlError } from "../../platform/errors.js";
import { shortJson } from "../../platform/json.js";
import type { Question } from "./ask.js";

/** 95 % interval of a mean of outcomes; over entities if these are counted. */
export interface Interval {
  low: number;
  high: number;
  entities?: number;
}

/** The interval of the mean of outcomes, one for each question. */
export type IntervalEstimator = (outcomes: readonly number[], questions: readonly Question[]) => Interval;

/** @param byEntity over the questions' entities, which each question must have (`checkEntities`) */
export function intervals(byEntity: boolean, seed: number): IntervalEstimator {
  if (!byEntity) return (outcomes) => outcomeInterval(outcomes);
  return (outcomes, questions) => {
    const entities = questions.map(({ entity }) => entity!);
    const { groups, ...interval } = groupInterval(outcomes, entities, seed);
    return { ...interval, entities: groups };
  };
}

/**
 * A mean of outcomes of responses, with the interval over their groups: responses to one question,
 * or about one entity, are alike.
 */
export function estimateShare(outcomes: readonly number[], groups: readonly string[], seed: number): Share {
  const { low, high } = groupInterval(outcomes, groups, seed);
  return { share: mean(outcomes), low, high };
}

/** @throws PawlError DATA_INVALID if a question lacks its entity */
export function checkEntities(questions: readonly Question[], where: string): void {
  const without = questions.find(({ entity }) => entity === undefined);
  if (without === undefined) return;
  throw new PawlError("DATA_INVALID", "byEntity needs the entity of every row", {
    where,
    expected: "rows with the field entity",
    got: `none for the prompt ${shortJson(without.prompt)}`,
    next: "name its column in the dataset stage, `columns: { entity: … }`, or remove byEntity",
  });
}
