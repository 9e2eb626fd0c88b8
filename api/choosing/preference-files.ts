import { readPairs } from "../../formats/pairs.js";
import {
  preferencesText,
  readPreferences,
  type PreferenceFormat,
  type ReadChoice,
} from "../../formats/preference-files.js";
import { PawlError } from "../../platform/errors.js";
import { unnamed, type ChoiceProgress } from "../../schemas/choices.js";
import { openArtifact } from "../../store/artifacts/artifacts.js";
import type { RunView } from "../reading/run-view.js";
import type { Question } from "./question.js";

/**
 * The choices of a stage, open or closed, as the text of a file.
 * @param wanted id of the stage; required if several stages have requested choices
 * @throws PawlError DATA_MISSING, MISSING_KEY, ARTIFACT_MISSING
 */
export async function exportedPreferences(
  home: string,
  { runId, state }: Pick<RunView, "runId" | "state">,
  format: PreferenceFormat,
  wanted?: string,
): Promise<{ stage: string; text: string }> {
  const found = state.stages.filter(({ id, choiceRequest }) => choiceRequest && (wanted ?? id) === id);
  const [first] = found;
  if (first === undefined)
    throw new PawlError(
      "DATA_MISSING",
      `${wanted === undefined ? "no stage" : `stages.${wanted}`} of run ${runId} has requested choices`,
      {
        expected: "a stage collect-preferences without judge",
        next: `pawl status ${runId}`,
      },
    );
  if (found.length > 1)
    throw new PawlError("MISSING_KEY", "several stages have requested choices", {
      expected: `--stage with one of ${found.map(({ id }) => id).join(", ")}`,
      next: `add --stage ${first.id}`,
    });
  const request = first.choiceRequest!;
  const { pairs } = await readPairs(await openArtifact(home, request.pairs));
  return { stage: first.id, text: preferencesText(format, pairs, request, { run: runId, stage: first.id }) };
}

/**
 * Makes the choices that a file has: each for the person that it names, else for the question's
 * own. Choices that already exist are not repeated.
 * @param importer whether it is proved who the question's person is: then all choices are theirs,
 *   whatever the file says
 * @returns choices in the file, how many of them were made before the request was closed, and what
 *   became of it
 * @throws PawlError DATA_INVALID, DATA_EMPTY, NOT_ALLOWED before anything is changed;
 *   STAGE_NOT_WAITING
 */
export async function importPreferences(
  question: Question,
  text: string,
  importer: { isProved: boolean },
): Promise<{ read: number; made: number } & ChoiceProgress> {
  const found = readPreferences(text, await question.pairs());
  const read = importer.isProved ? ownChoices(found, question.by) : found;
  let progress: ChoiceProgress | undefined;
  let made = 0;
  for (const { by, ...vote } of read) {
    if (progress?.closed === true) break;
    progress = await question.send("choose", { ...vote, ...(by !== undefined && by !== unnamed && { by }) });
    made++;
  }
  if (progress === undefined)
    throw new PawlError("DATA_EMPTY", "the file has no choices", {
      expected: "annotations (Label Studio), or lines with prompt, chosen and rejected",
      next: "choose in the file's program, and export it again",
    });
  return { read: read.length, made, ...progress };
}

/**
 * The choices of a file as those of one person.
 * @throws PawlError NOT_ALLOWED if the file has choices of several people
 */
function ownChoices(read: readonly ReadChoice[], person: string): ReadChoice[] {
  const names = [...new Set(read.flatMap(({ by }) => (by === undefined || by === unnamed ? [] : [by])))];
  if (names.length > 1)
    throw new PawlError("NOT_ALLOWED", `the file has choices of ${names.length} people, and ${person} imports it`, {
      expected: "choices of one person",
      got: names.join(", "),
      next: `leave only the choices of ${person} in the file, or import it in a terminal: pawl choose RUN --import FILE`,
    });
  return read.map(({ by: _by, ...choice }) => choice);
}
