import type { JsonObject } from "../../platform/json.js";
import type { Plan } from "../../schemas/plan.js";
import type { FileEntry } from "../artifacts/manifest.js";
import { sourcePrints } from "../changes/reasons.js";
import type { ResultRecord, RunRecord } from "../records/record-types.js";

/** A result, and the stage that has it: `base`, or `child.base` of a child pipeline. */
export interface StageResult {
  stage: string;
  result: ResultRecord;
}

/** What a provenance is written from. */
interface Provenance {
  record: RunRecord;
  plan: Plan;
  results: readonly StageResult[];
  /** The artifacts' files, by their names in the run file. */
  files: readonly FileEntry[];
  /** The version of Pawl that exports. */
  version: string;
}

/** What a run is, as a build: names of Pawl's own, which say what `externalParameters` hold. */
const buildType = "urn:pawl:run:v1";
const builder = "urn:pawl:worker";

/**
 * An in-toto Statement v1 with the predicate SLSA Provenance v1 (https://in-toto.io/Statement/v1,
 * https://slsa.dev/spec/v1.0/provenance): which run made the artifacts' files, from which
 * definition, inputs and sources. It is not signed.
 */
export function createProvenance({ record, plan, results, files, version }: Provenance): JsonObject {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: files.map(({ path, sha256 }) => ({ name: path, digest: { sha256 } })),
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType,
        externalParameters: { pipeline: plan.name, inputs: plan.inputs, seed: plan.seed },
        internalParameters: {
          stages: Object.fromEntries(results.map(({ stage, result }) => [stage, madeBy(result)])),
        },
        resolvedDependencies: [
          { name: "pipeline.yaml", digest: { sha256: plan.definitionDigest } },
          ...results.flatMap(sourceMaterials),
        ],
      },
      runDetails: {
        builder: { id: builder, version: { pawl: version } },
        metadata: {
          invocationId: record.runId,
          startedOn: record.startedAt,
          ...(record.endedAt !== undefined && { finishedOn: record.endedAt }),
        },
      },
    },
  };
}

/** Where a stage's result comes from: its run may be an earlier one. */
function madeBy({ key, uses, version, libraries, compute, outputs, lineage }: ResultRecord): JsonObject {
  const { runId, machine, startedAt, endedAt } = lineage;
  return {
    ...{ key, uses, version, run: runId, machine, startedAt, endedAt },
    ...(libraries && { libraries }),
    ...(compute !== null && { compute }),
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, { digest }]) => [name, digest])),
  };
}

/** Files, packages and the like that a stage has read, as its key holds them. */
function sourceMaterials({ stage, result: { source } }: StageResult): JsonObject[] {
  return [...sourcePrints({ source })].map(([setting, print]) => {
    const name = `stages.${stage}: ${setting}`;
    const isDigest = typeof print === "string" && /^[0-9a-f]{64}$/.test(print);
    return isDigest ? { name, digest: { sha256: print } } : { name, annotations: { version: print } };
  });
}
