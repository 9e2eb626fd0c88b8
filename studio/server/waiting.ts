import { answerCommand } from "../../api/acting/answer-command.js";
import type { RunView } from "../../api/reading/run-view.js";
import { countChosen, votesByPerson, type Votes } from "../../schemas/choices.js";
import type { StageState } from "../../schemas/run.js";
import type { WaitingItem } from "../messages.js";

/** Finds a run's stages that wait for people. */
export function waitingItems({ runId, state }: Pick<RunView, "runId" | "state">): WaitingItem[] {
  return state.stages.flatMap((stage) => {
    const found = waitingItem(runId, stage);
    if (found === undefined) return [];
    const since = stage.sinceMs === undefined ? {} : { sinceMs: stage.sinceMs };
    return [{ run: runId, pipeline: state.pipeline, stage: stage.id, ...since, ...found }];
  });
}

type Found = Pick<WaitingItem, "kind" | "text" | "command"> & Partial<WaitingItem>;

function waitingItem(runId: string, stage: StageState): Found | undefined {
  const { id, status, failure, reason, choiceRequest, approval, child } = stage;
  if (child?.asks !== undefined) {
    const { run, stage: inner, verb } = child.asks;
    const kind = ({ retry: "parked", approve: "approval", choose: "choices" } as const)[verb];
    return {
      run,
      stage: inner,
      kind,
      text: `waits in ${run}`,
      command: answerCommand(child.asks).slice("pawl ".length),
    };
  }
  if (status === "parked") {
    const text = failure === undefined ? (reason ?? "parked") : `${failure.code}: ${failure.message}`;
    return { kind: "parked", text, command: `retry ${runId} ${id}` };
  }
  if (status !== "waiting") return undefined;
  if (approval !== undefined)
    return { kind: "approval", text: approval.message, command: `approve ${runId} --stage ${id}` };
  if (choiceRequest === undefined) return undefined;
  const { target } = choiceRequest;
  const text = "Which response do you prefer?";
  return {
    kind: "choices",
    text,
    chosen: countChosen(choiceRequest),
    target,
    votes: countVotes(votesByPerson(choiceRequest)),
    command: `choose ${runId} --stage ${id}`,
  };
}

const countVotes = (votes: Votes): number =>
  Object.values(votes).reduce((count, own) => count + Object.keys(own).length, 0);
