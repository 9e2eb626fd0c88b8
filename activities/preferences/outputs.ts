import { createDatasetWriter, type PreferenceRow } from "../../formats/dataset.js";
import { writeChoices, type ChoiceRow, type Pair, type Pairs } from "../../formats/pairs.js";
import type { Choice } from "../../schemas/choices.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import { PawlError } from "../../platform/errors.js";
import { judgeMetrics } from "../../schemas/fields/scoring.js";
import type { StageWith } from "../../schemas/stages/index.js";
import { splitPosition } from "../dataset/rows/split.js";
import type { StageContext } from "../stage.js";

type Settings = StageWith<"collect-preferences">;

/** The choice for a pair; a judge's with its scores. */
export interface Verdict {
  choice?: Choice;
  scores?: [number, number];
  /** What each person chose, if they gave names. */
  votes?: NonNullable<ChoiceRow["votes"]>;
}

/**
 * Puts the preferences, those to learn from and those held out, and the choices behind them.
 * @param judged who chose, and further metrics: how often a judge failed, how far people agree
 * @throws PawlError DATA_EMPTY if there are none to train on
 */
export async function putPreferences(
  { pairs, ...written }: Pairs,
  verdicts: readonly Verdict[],
  { by, metrics: further }: { by: string; metrics: Record<string, number> },
  settings: Settings,
  context: StageContext,
) {
  const rows = pairs.map(({ prompt, first, second }, i): ChoiceRow => {
    const { choice = null, scores, votes } = verdicts[i] ?? {};
    return { prompt, first, second, choice, by, ...(scores && { scores }), ...(votes && { votes }) };
  });
  const preferences = rows.flatMap((row, i) => toPreferences(row, pairs[i]!));
  const [train, heldOut]: [PreferenceRow[], PreferenceRow[]] = [[], []];
  for (const row of preferences)
    (splitPosition(row, "preferences ").side < settings.heldOut ? heldOut : train).push(row);
  const metrics = {
    ...countChoices(rows),
    trainRows: train.length,
    heldOutRows: heldOut.length,
    tooLong: written.tooLong,
    identical: written.identical,
    blank: written.blank,
    ...further,
  };
  if (train.length === 0) throw nothingToLearn(metrics, by, settings);
  const choices = await context.putArtifact("choices", (directory) => writeChoices(directory, rows, { by, metrics }));
  const put = (side: PreferenceRow[]) => putDataset(side, by, settings, choices, context);
  return { outputs: { train: await put(train), heldOut: await put(heldOut), choices }, metrics };
}

function toPreferences(
  { prompt, first, second, choice }: ChoiceRow,
  { entity }: Pick<Pair, "entity">,
): PreferenceRow[] {
  const about = entity === undefined ? {} : { entity };
  if (choice === "first") return [{ prompt, chosen: first, rejected: second, shownFirst: "chosen", ...about }];
  return choice === "second" ? [{ prompt, chosen: second, rejected: first, shownFirst: "rejected", ...about }] : [];
}

function countChoices(rows: readonly ChoiceRow[]) {
  const count = (wanted: Choice | null): number => rows.filter(({ choice }) => choice === wanted).length;
  const chosen = count("first") + count("second");
  return {
    pairs: rows.length,
    chosen,
    ties: count("tie"),
    bothBad: count("bothBad"),
    unanswered: count(null),
    ...(chosen > 0 && { firstPlace: count("first") / chosen }),
  };
}

function putDataset(
  rows: readonly PreferenceRow[],
  by: string,
  { model }: Settings,
  choices: ArtifactRef<"choices">,
  context: StageContext,
): Promise<ArtifactRef<"dataset">> {
  const source = `responses of model ${model.digest.slice(0, 12)}, chosen by ${by}`;
  return context.putArtifact("dataset", async (directory) => {
    const writer = createDatasetWriter(directory, { kind: "preferences", source, sourceDigest: choices.digest });
    try {
      for (const row of rows) await writer.write(row);
    } finally {
      await writer.close();
    }
  });
}

function nothingToLearn(
  metrics: Readonly<Record<string, number>>,
  by: string,
  { judge, heldOut }: Settings,
): PawlError {
  const failures = Object.keys(judgeMetrics).filter((name) => (metrics[name] ?? 0) > 0);
  const reported = ["chosen", "heldOutRows", "ties", "bothBad", "unanswered", ...failures].map(
    (name) => `${name} ${metrics[name]}`,
  );
  const ask =
    "request choices again (pawl resume, or pawl retry if the stage is parked) and make more, or raise deadline";
  return new PawlError("DATA_EMPTY", "there are no preferences to train on", {
    where: `choices by ${by}`,
    expected: "at least one pair with a preferred response",
    got: reported.join(", "),
    next:
      metrics["chosen"]! > 0
        ? `all are held out: lower heldOut (${heldOut}), or provide more prompts`
        : judge === undefined
          ? ask
          : failures.length > 0
            ? "read the judge's first failure in the log (pawl logs) and correct it: where it fails, both responses score 0"
            : "use another judge or more prompts, or raise temperature, so that responses differ more",
  });
}
