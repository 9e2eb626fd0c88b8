import { ApplicationFailure, defineUpdate, setHandler } from "@temporalio/workflow";
import { reopened } from "../schemas/choices.js";
import type { ErrorCode } from "../platform/errors.js";
import { isDeeperThan, isObject, shortJson, shortText, type JsonObject } from "../platform/json.js";
import { awaitsItems } from "../schemas/matrix.js";
import { updateNames, type ParkedStageAction, type StageState } from "../schemas/run.js";
import { checkChanges } from "./activities.js";
import type { Board } from "./board.js";
import { endedClaims, createProposal } from "./claims.js";
import { inOutcomeOrder } from "./outcome-order.js";
import { inChild, readFailure } from "./failure.js";
import { refuseBeyondRoom } from "./given-limit.js";
import { evaluateStageSettings } from "./stage.js";

const update = (name: string) => defineUpdate<StageState, [ParkedStageAction]>(name);
const retry = update(updateNames.retry);
const skip = update(updateNames.skip);
const abort = update(updateNames.abort);

/**
 * Actions on parked stages: `retry` (with changed `with`), `skip` (its dependents are skipped as
 * well) and `abort` (the run fails). Each returns the stage's new state. An action is refused if
 * the stage is not parked (STAGE_NOT_PARKED). So is a change with which the stage could not start;
 * it has no effect.
 * @param board the board, once the plan is loaded
 */
export function listenForAnswers(board: () => Board | undefined): void {
  const validator = (answer: ParkedStageAction): void => {
    refuseUnlessParked(board(), answer);
    refuseBeyondRoom(board()!, answer.with);
  };
  const act = (stage: string, change: Parameters<Board["set"]>[1]): StageState => {
    const known = board()!;
    known.set(stage, { reason: undefined, ...change });
    known.noteAction();
    return known.state(stage);
  };
  setHandler(
    retry,
    async (answer) => {
      const accepted: Parameters<Board["set"]>[1] = {};
      if (answer.with !== undefined) {
        accepted.changesGrant = await acceptChanges(board()!, answer, answer.with);
        // Another action may have arrived during the check.
        refuseUnlessParked(board(), answer);
      }
      const { changes, choiceRequest, failure } = board()!.state(answer.stage);
      return act(answer.stage, {
        status: "queued",
        choiceRequest: choiceRequest && reopened(choiceRequest, failure?.code),
        approval: undefined,
        failure: undefined,
        endedAtMs: undefined,
        changes: answer.with === undefined ? changes : [...(changes ?? []), answer.with],
        ...accepted,
      });
    },
    { validator, description: 'retries a parked stage: {"stage": "…", "with": {…}}' },
  );
  setHandler(skip, ({ stage }) => act(stage, { status: "skipped", reason: "skipped by the action skip" }), {
    validator,
    description: 'skips a parked stage: {"stage": "…"}',
  });
  setHandler(abort, ({ stage }) => act(stage, { status: "failed", reason: "aborted by the action abort" }), {
    validator,
    description: 'fails a parked stage and its run: {"stage": "…"}',
  });
}

/** Maximum nesting depth of a change, as of a definition. */
const deepestChange = 64;

/** Maximum size of the changes of one stage, UTF-16 code units of JSON: history holds them. */
const maxChanges = 64 * 1024;

/**
 * Refuses changes with which the stage could not start, or that name code without permission.
 * @returns the signature that later shows that the stage's changes were accepted
 * @throws ApplicationFailure with the code of what is wrong
 */
async function acceptChanges(
  board: Board,
  { stage, signature }: ParkedStageAction,
  changes: JsonObject,
): Promise<string> {
  const planned = board.stages.find(({ id }) => id === stage)!;
  if (awaitsItems(planned))
    throw refusal("NOT_ALLOWED", `stages.${stage} has failed to find its list; \`with\` belongs to the items, later`);
  const all = [...(board.state(stage).changes ?? []), changes];
  if (JSON.stringify(all).length > maxChanges)
    throw refusal("OUT_OF_RANGE", `the changes of stages.${stage} exceed ${maxChanges} characters`);
  try {
    // Reports an expression that cannot be evaluated to the sender.
    evaluateStageSettings(board, planned, all);
    return await inOutcomeOrder(board, () =>
      checkChanges({
        ...{ ...createProposal(board, planned), states: endedClaims(board.list()), change: changes },
        attempts: board.state(stage).attempts,
        ...(typeof signature === "string" && { signature }),
      }),
    );
  } catch (error) {
    const { failure } = readFailure(error);
    throw ApplicationFailure.nonRetryable(failure.message, failure.code, failure);
  } finally {
    // Wakes the interpreter, which waits until all handlers have finished.
    board.version++;
  }
}

const refusal = (code: ErrorCode, message: string) => ApplicationFailure.nonRetryable(message, code);

const notParked = (state: StageState): string => inChild(state) ?? `is ${state.status}, not parked`;

/** People type updates by hand in the UI, so the argument may be anything. */
function refuseUnlessParked(board: Board | undefined, answer: unknown): void {
  const parked =
    board
      ?.list()
      .filter(({ status, child }) => status === "parked" && child?.asks === undefined)
      .map(({ id }) => id) ?? [];
  const { stage, with: changes } = isObject(answer) ? answer : {};
  if (typeof stage !== "string" || !parked.includes(stage)) {
    const now = typeof stage === "string" ? board?.list().find(({ id }) => id === stage) : undefined;
    throw refusal(
      "STAGE_NOT_PARKED",
      `${typeof stage === "string" ? `stages.${shortText(stage)} ${now ? notParked(now) : "does not exist"}` : "the action names no stage"}; ` +
        (parked.length > 0 ? `parked now: ${parked.join(", ")}` : "no stage of this run is parked"),
    );
  }
  if (changes !== undefined && !isObject(changes))
    throw refusal(
      "WRONG_TYPE",
      `with must be an object of changed settings, got ${Array.isArray(changes) ? "a list" : shortJson(changes)}`,
    );
  if (isDeeperThan(changes, deepestChange))
    throw refusal("OUT_OF_RANGE", `with must not nest maps and lists more than ${deepestChange} deep`);
}
