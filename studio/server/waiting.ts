import { answerCommand } from "../../api/acting/answer-command.js";
import type { RunView } from "../../api/reading/run-view.js";
import { chosenOf, votesOf, type Votes } from "../../schemas/choices.js";
import type { StageState } from "../../schemas/run.js";
import type { WaitingItem } from "../messages.js";

/** What of a run waits for people. */
export function waitingItems({ runId, state }: Pick<RunView, "runId" | "state">): WaitingItem[] {
  return state.stages.flatMap((stage) => {
    const found = itemOf(runId, stage);
    if (found === undefined) return [];
    const since = stage.sinceMs === undefined ? {} : { sinceMs: stage.sinceMs };
    return [{ run: runId, pipeline: state.pipeline, stage: stage.id, ...since, ...found }];
  });
}

type Found = Pick<WaitingItem, "kind" | "text" | "command"> & Partial<WaitingItem>;

function itemOf(runId: string, stage: StageState): Found | undefined {
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
    chosen: chosenOf(choiceRequest),
    target,
    votes: countOf(votesOf(choiceRequest)),
    command: `choose ${runId} --stage ${id}`,
  };
}

const countOf = (votes: Votes): number =>
  Object.values(votes).reduce((count, own) => count + Object.keys(own).length, 0);
