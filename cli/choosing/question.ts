import type { Client } from "@temporalio/client";
import { readPairs, type Pair } from "../../formats/pairs.js";
import type { ChoiceRequestState, ChoiceProgress, ChoiceUpdate } from "../../schemas/choices.js";
import { PawlError } from "../../platform/errors.js";
import type { StageState } from "../../schemas/run.js";
import { openArtifact } from "../../store/index.js";
import { knownRun } from "../read-run.js";
import { sendUpdate } from "../send-update.js";
import { isOver, type RunView } from "../run-view.js";

/** A stage's request for choices, and how to make them. */
export interface Question {
  runId: string;
  stage: string;
  /** The current request and the choices made so far; undefined once it is closed. @throws PawlError WORKER_LOST */
  look(): Promise<ChoiceRequestState | undefined>;
  send(name: "choose" | "withdraw" | "close", asked: Omit<ChoiceUpdate, "stage">): Promise<ChoiceProgress>;
  /** The pairs, in their order; item 1 is the first. @throws PawlError ARTIFACT_MISSING */
  pairs(): Promise<Pair[]>;
}

/**
 * The stage of a run that requests choices.
 * @param wanted its id; required if several stages request choices
 * @throws PawlError RUN_NOT_FOUND, WORKER_LOST, STAGE_NOT_WAITING, MISSING_KEY
 */
export async function findQuestion(client: Client, home: string, runId: string, wanted?: string): Promise<Question> {
  const look = (): Promise<RunView> => knownRun(client, home, runId);
  const { id: stage, choiceRequest } = chooseStage(await look(), wanted);
  const handle = client.workflow.getHandle(runId);
  return {
    runId,
    stage,
    async look() {
      const now = (await look()).state.stages.find(({ id }) => id === stage);
      return now?.status === "waiting" ? now.choiceRequest : undefined;
    },
    send: (name, asked) => sendUpdate<ChoiceProgress, ChoiceUpdate>(handle, name, { stage, ...asked }),
    pairs: async () => (await readPairs(await openArtifact(home, choiceRequest.pairs))).pairs,
  };
}

function chooseStage(view: RunView, wanted: string | undefined): StageState & { choiceRequest: ChoiceRequestState } {
  const { runId, state } = view;
  const asks = state.stages.filter((stage) => stage.status === "waiting" && stage.choiceRequest !== undefined);
  const found = wanted === undefined ? asks : asks.filter(({ id }) => id === wanted);
  if (found.length === 1) return found[0] as StageState & { choiceRequest: ChoiceRequestState };
  const names = asks.map(({ id }) => id).join(", ");
  if (found.length > 1)
    throw new PawlError("MISSING_KEY", "several stages wait for choices", {
      expected: `--stage with one of ${names}`,
      next: `pawl choose ${runId} --stage ${asks[0]!.id}`,
    });
  const over = isOver(state.status);
  const who =
    wanted === undefined ? `no stage of run ${runId} waits` : `stages.${wanted} of run ${runId} does not wait`;
  throw new PawlError("STAGE_NOT_WAITING", `${who} for choices`, {
    got: names === "" ? `the run is ${state.status}` : `waiting for choices: ${names}`,
    next: over && state.status !== "succeeded" ? `pawl resume ${runId}` : `pawl status ${runId}`,
  });
}
