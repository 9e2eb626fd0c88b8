import type { JsonObject } from "../../platform/json.js";
import { artifactsIn, type ArtifactRef } from "../../schemas/artifact.js";
import { stageDefinitions } from "../../schemas/stages/index.js";
import { allResults } from "../records/all-results.js";
import { hasArtifact } from "../artifacts/artifacts.js";
import type { OnDamaged } from "../records/records.js";
import type { ResultRecord } from "../records/record-types.js";

/** What a model has learned from, as far as the store's results record it. */
interface TrainingData {
  /** Each dataset once, ordered by digest. */
  datasets: ArtifactRef<"dataset">[];
  /** Why some of it is unknown: sorted sentences, none if everything is known. */
  unknown: string[];
}

/** A result, and the name of the output. */
interface Producer {
  result: ResultRecord;
  output: string;
}

/**
 * The datasets that a model has learned from: its bytes lead to the results that produced them,
 * these to their inputs, down to the datasets, by `learnsFrom` in each stage's definition. If
 * several results produced the same bytes, the data of all of them count
 * (docs/decisions/0019-contamination-by-lineage.md). Reads every result of the store once.
 * @throws PawlError STORE_UNREADABLE
 */
export async function findTrainingData(home: string, model: ArtifactRef, onDamaged?: OnDamaged): Promise<TrainingData> {
  const producers = await readProducers(home, onDamaged);
  const datasets = new Map<string, ArtifactRef<"dataset">>();
  const unknown = new Set<string>();
  const seen = new Set<string>();
  const visit = async (ref: ArtifactRef): Promise<void> => {
    if (seen.has(ref.digest)) return;
    seen.add(ref.digest);
    if (ref.artifact === "dataset") {
      if (hasArtifact(home, ref)) datasets.set(ref.digest, { artifact: "dataset", digest: ref.digest });
      else unknown.add(`${short(ref)} is no longer in the store`);
      return;
    }
    const found = producers.get(ref.digest) ?? [];
    if (found.length === 0) unknown.add(`no result in the store records what ${short(ref)} was made from`);
    for (const producer of found) {
      const inputs = learnedInputs(producer);
      if (inputs === undefined)
        unknown.add(`${producerName(producer)} does not record what ${short(ref)} has learned from`);
      for (const input of inputs ?? []) await visit(input);
    }
  };
  await visit(model);
  return {
    datasets: [...datasets.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1)),
    unknown: [...unknown].sort(),
  };
}

/** Every artifact's producers, by digest. */
async function readProducers(home: string, onDamaged?: OnDamaged): Promise<Map<string, Producer[]>> {
  const producers = new Map<string, Producer[]>();
  const made = (await allResults(home, onDamaged)).filter(({ uses }) => !stageDefinitions[uses].passesThrough);
  for (const result of made)
    for (const [output, { digest }] of Object.entries<ArtifactRef>(result.outputs)) {
      const others = producers.get(digest);
      if (others) others.push({ result, output });
      else producers.set(digest, [{ result, output }]);
    }
  return producers;
}

/**
 * What an output has learned from; undefined if that is unknown: the stage's definition does not
 * name the output, or the result is of a version of the stage that had other settings.
 */
function learnedInputs({ result, output }: Producer): ArtifactRef[] | undefined {
  const definition = stageDefinitions[result.uses];
  const learnsFrom = definition.learnsFrom as LearnsFromOfAny;
  if (!Object.keys(result.with).every((name) => name in definition.with.properties)) return undefined;
  // A result records no field that equals its default.
  if (typeof learnsFrom === "function") return learnsFrom({ learnsFrom: {}, ...result.with })[output];
  return learnsFrom[output]?.flatMap((name) => artifactsIn(result.with[name]));
}

type LearnsFromOfAny =
  | Readonly<Record<string, readonly string[]>>
  | ((settings: JsonObject) => Readonly<Record<string, ArtifactRef[]>>);

const short = ({ artifact, digest }: ArtifactRef): string => `${artifact} ${digest.slice(0, 12)}`;
const producerName = ({ result }: Producer): string => `a result of ${result.uses}`;
