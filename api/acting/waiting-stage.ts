import { PawlError } from "../../platform/errors.js";
import type { StageState } from "../../schemas/run.js";
import { answerCommand } from "./answer-command.js";
import { type RunView } from "../reading/run-view.js";
import { isOver } from "../../schemas/run.js";

/**
 * The stage of a run that waits for people, and for what a verb answers.
 * @param wanted its id; required if several wait
 * @param expected tells such a stage from others; `what` it waits for, and the `verb` that answers
 * @throws PawlError STAGE_NOT_WAITING, MISSING_KEY
 */
export function waitingStage<S extends StageState>(
  { runId, state }: Pick<RunView, "runId" | "state">,
  wanted: string | undefined,
  expected: { is: (stage: StageState) => stage is S; what: string; verb: string },
): S {
  const { what, verb } = expected;
  const open = state.stages.filter(expected.is).filter(({ status }) => status === "waiting");
  const found = wanted === undefined ? open : open.filter(({ id }) => id === wanted);
  const [first] = found;
  const names = open.map(({ id }) => id).join(", ");
  if (first !== undefined && found.length === 1) return first;
  if (first !== undefined)
    throw new PawlError("MISSING_KEY", `several stages wait for ${what}`, {
      expected: `--stage with one of ${names}`,
      next: `pawl ${verb} ${runId} --stage ${first.id}`,
    });
  const inChild = state.stages.find(({ id, child }) => child?.asks !== undefined && (wanted ?? id) === id);
  const who =
    wanted === undefined ? `no stage of run ${runId} waits` : `stages.${wanted} of run ${runId} does not wait`;
  throw new PawlError("STAGE_NOT_WAITING", `${who} for ${what}`, {
    got: names === "" ? `the run is ${state.status}` : `waiting for ${what}: ${names}`,
    next: inChild
      ? answerCommand(inChild.child!.asks!)
      : isOver(state.status) && state.status !== "succeeded"
        ? `pawl resume ${runId}`
        : `pawl status ${runId}`,
  });
}
