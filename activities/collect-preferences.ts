import { readPairs, writePairs, type Pairs } from "../formats/pairs.js";
import type { ArtifactRef } from "../schemas/artifact.js";
import { agreement } from "../schemas/agreement.js";
import { maxChoiceItems, type GivenChoices, type ChoiceRequest, type Vote, type Votes } from "../schemas/choices.js";
import { durationMs } from "../schemas/duration.js";
import { PawlError } from "../platform/errors.js";
import type { StageWith } from "../schemas/stages/index.js";
import { judgePairs } from "./preferences/judge.js";
import { putPreferences } from "./preferences/outputs.js";
import { writeAllPairs } from "./preferences/write.js";
import type { Stage, StageContext } from "./stage.js";

type Settings = StageWith<"collect-preferences">;

/**
 * The model writes two responses to each prompt. A judge chooses the preferred one immediately.
 * Without a judge, people choose: the first attempt ends with the request, and the next attempt
 * turns the choices into preferences.
 */
export const collectPreferences: Stage<"collect-preferences"> = async (settings, context) => {
  if (context.given) return fromPeople(settings, context.given, context);
  const written = await writeAllPairs(settings, context);
  if (written.pairs.length === 0) throw noPairs(written);
  if (settings.judge === undefined) return { request: await requestFor(written, settings, context) };
  const pairs = written.pairs.slice(0, settings.count);
  const { judgments, by, failures } = await judgePairs(pairs, settings.judge, settings.batchSize, context);
  return putPreferences({ ...written, pairs }, judgments, { by, metrics: failures }, settings, context);
};

async function requestFor(written: Pairs, settings: Settings, context: StageContext): Promise<ChoiceRequest> {
  const items = written.pairs.length;
  if (items > maxChoiceItems)
    throw new PawlError("OUT_OF_RANGE", "there are too many pairs of responses for people to choose from", {
      where: "with.prompts",
      expected: `at most ${maxChoiceItems}`,
      got: String(items),
      next: "lower prompts.limit, or name a judge",
    });
  const request: ChoiceRequest = {
    pairs: await putPairs(written, context),
    items,
    target: Math.min(settings.count ?? items, items),
    ...(settings.people > 1 && { people: settings.people }),
  };
  return settings.deadline === undefined ? request : { ...request, deadlineMs: durationMs(settings.deadline) };
}

async function fromPeople(settings: Settings, { pairs, choices, votes }: GivenChoices, context: StageContext) {
  const written = await pairsShown(settings, pairs, context);
  const verdicts = written.pairs.map((_, i) => {
    const choice = choices[i + 1];
    return choice === undefined ? {} : { choice, ...(votes && { votes: votesAt(votes, i + 1) }) };
  });
  const metrics = votes === undefined ? {} : agreementMetrics(votes);
  return putPreferences(written, verdicts, { by: "person", metrics }, settings, context);
}

/** Returns each person's choice at an item, ordered by name. */
function votesAt(votes: Votes, item: number): ({ by: string } & Vote)[] {
  const names = Object.keys(votes).sort();
  return names.flatMap((by) => (votes[by]![item] === undefined ? [] : [{ by, ...votes[by]![item] }]));
}

function agreementMetrics(votes: Votes): Record<string, number> {
  const { people, same, kappa } = agreement(votes);
  return {
    people: Object.keys(votes).length,
    ...(people > 1 && same !== undefined && { agreement: same }),
    ...(people > 1 && kappa !== undefined && { kappa }),
  };
}

/**
 * The pairs that people were shown. If the store lacks them, the model writes them again; they must
 * be the same.
 */
async function pairsShown(
  settings: Settings,
  expectedPairs: ArtifactRef<"pairs">,
  context: StageContext,
): Promise<Pairs> {
  try {
    return await readPairs(await context.openArtifact(expectedPairs));
  } catch (error) {
    if (!(error instanceof PawlError) || !/^ARTIFACT_/.test(error.code)) throw error;
    context.log(`${error.message}: the responses are written again`);
  }
  const written = await writeAllPairs(settings, context);
  const again = await putPairs(written, context);
  if (again.digest === expectedPairs.digest) return written;
  throw new PawlError("ARTIFACT_MISSING", "the responses shown to people no longer exist and cannot be reproduced", {
    where: `pairs ${expectedPairs.digest.slice(0, 12)}`,
    expected: "the same responses from the same model",
    got: `pairs ${again.digest.slice(0, 12)}`,
    next: "restore the store, or resume the run to request choices between new responses (pawl resume)",
  });
}

function putPairs(written: Pairs, context: StageContext): Promise<ArtifactRef<"pairs">> {
  return context.putArtifact("pairs", (directory) => writePairs(directory, written));
}

function noPairs({ prompts, identical, blank }: Pairs): PawlError {
  return new PawlError("DATA_EMPTY", "no prompt has two different responses to choose from", {
    where: "with.prompts",
    expected: "at least one prompt with two different responses",
    got: `of ${prompts} prompts, ${identical} always had the same response and ${blank} had only blank ones`,
    next: "raise temperature, or use a model that has learned to respond (sft)",
  });
}
