import { isDeepStrictEqual } from "node:util";
import { checkWith } from "../../compiler/inputs/check-with.js";
import { PawlError } from "../../platform/errors.js";
import { isObject, type Json, type JsonObject } from "../../platform/json.js";
import type { ChangeRequest } from "../../schemas/run.js";
import { codeSettings, runsPipeline, type StageType, type StageWith } from "../../schemas/stages/index.js";
import { isSignedChange } from "../authority/changes.js";
import type { SealedPlan } from "../authority/plans.js";
import { allowInlineCode } from "../authority/requests.js";
import { codeNotAllowed, isUsable, type WorkerPlace } from "../project/project-directory.js";

/** A change of the settings of a stage that is parked. */
interface ForeignChange<T extends StageType> extends Pick<ChangeRequest, "runId" | "stage" | "change" | "signature"> {
  uses: T;
  /** The run's plan, as the store has it. */
  run: SealedPlan;
  /** The current settings; absent if their expressions cannot be evaluated. */
  before?: JsonObject;
}

/**
 * Refuses a change of settings that names new code: a run's grant covers its plan, and anybody who
 * reaches the server can send a change. A signed change may name code, and so may any change if the
 * operator allows it.
 * @param settings the changed settings, checked
 * @throws PawlError CODE_NOT_ALLOWED
 */
export function refuseForeignCode<T extends StageType>(
  worker: WorkerPlace,
  request: ForeignChange<T>,
  settings: StageWith<T>,
): void {
  const { runId, stage, uses, change, signature, run } = request;
  const known = request.before === undefined ? [] : knownCode(uses, request.before);
  const foreign = namedCode(uses, settings).find(
    ({ setting, code }) =>
      !known.some(
        (one) => withoutIndices(one.setting) === withoutIndices(setting) && isDeepStrictEqual(one.code, code),
      ),
  );
  if (foreign === undefined) return;
  const where = `stages.${stage}: with.${foreign.setting}`;
  if (!run.mayRunCode) {
    // The child of a run without a grant runs no code, whatever its inputs are.
    if (runsPipeline(uses)) return;
    throw codeNotAllowed(where);
  }
  const isSigned = isSignedChange(worker.home, runId, {
    ...{ stage, with: change },
    ...(signature !== undefined && { signature }),
  });
  const isAllowed = process.env[allowInlineCode] === "1" && isUsable(worker, run.plan.project, false);
  if (!isSigned && !isAllowed) throw notSigned(where, foreign.code, request);
}

/** Code that the earlier settings name; none if they are invalid, since they have run no code. */
function knownCode(uses: StageType, settings: JsonObject): { setting: string; code: Json }[] {
  try {
    return namedCode(uses, checkWith(uses, settings, ""));
  } catch (error) {
    if (error instanceof PawlError) return [];
    throw error;
  }
}

/** A setting without places in lists: the entry of a list may move. */
const withoutIndices = (setting: string): string => setting.replaceAll(/\[\d+\]/g, "[]");

/** The inputs of a child may name code, too. */
function namedCode<T extends StageType>(uses: T, settings: StageWith<T>): { setting: string; code: Json }[] {
  if (runsPipeline(uses)) return [{ setting: "inputs", code: valueAt(settings, "inputs") }];
  return codeSettings(uses, settings).map((setting) => ({ setting, code: valueAt(settings as JsonObject, setting) }));
}

/** The value at a path such as `verifiers[0].path`. */
function valueAt(settings: JsonObject, path: string): Json {
  return path.split(/[.[\]]+/).reduce<Json>((value, name) => {
    if (name === "") return value;
    if (Array.isArray(value)) return value[Number(name)] ?? null;
    return isObject(value) ? (value[name] ?? null) : null;
  }, settings);
}

function notSigned(where: string, code: Json, { runId, stage }: Pick<ChangeRequest, "runId" | "stage">): PawlError {
  return new PawlError("CODE_NOT_ALLOWED", "a change that names code of the project needs a signature", {
    where,
    expected: "a change that `pawl retry` sends with the workers' PAWL_HOME, or the code that the stage had before",
    got: typeof code === "string" ? code : JSON.stringify(code),
    next: `pawl retry ${runId} ${stage} --set … with the workers' PAWL_HOME, or set ${allowInlineCode}=1 for the workers`,
  });
}
