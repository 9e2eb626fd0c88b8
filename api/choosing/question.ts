import type { Client } from "@temporalio/client";
import { readPairs, type Pair } from "../../formats/pairs.js";
import type { ChoiceRequestState, ChoiceProgress, ChoiceUpdate } from "../../schemas/choices.js";
import type { StageState } from "../../schemas/run.js";
import { openArtifact } from "../../store/artifacts/artifacts.js";
import { localPerson } from "../acting/person.js";
import { knownRun } from "../reading/read-run.js";
import { sendUpdate } from "../acting/send-update.js";
import type { RunView } from "../reading/run-view.js";
import { waitingStage } from "../acting/waiting-stage.js";

/** A stage's request for choices, and how to make them. */
export interface Question {
  runId: string;
  stage: string;
  /** Who chooses. */
  by: string;
  /**
   * The current request and the choices made so far; undefined once it is closed.
   * @throws PawlError WORKER_LOST
   */
  look(): Promise<ChoiceRequestState | undefined>;
  send(name: "choose" | "withdraw" | "close", update: Omit<ChoiceUpdate, "stage">): Promise<ChoiceProgress>;
  /** The pairs, in their order; item 1 is the first. @throws PawlError ARTIFACT_MISSING */
  pairs(): Promise<Pair[]>;
}

/**
 * The stage of a run that requests choices.
 * @param wanted its id; required if several stages request choices
 * @param by who chooses
 * @throws PawlError RUN_NOT_FOUND, WORKER_LOST, STAGE_NOT_WAITING, MISSING_KEY
 */
export async function findQuestion(
  client: Client,
  home: string,
  runId: string,
  wanted?: string,
  by = localPerson(),
): Promise<Question> {
  const look = (): Promise<RunView> => knownRun(client, home, runId);
  const { id: stage, choiceRequest } = waitingStage(await look(), wanted, {
    is: asksChoices,
    what: "choices",
    verb: "choose",
  });
  const handle = client.workflow.getHandle(runId);
  return {
    runId,
    stage,
    by,
    async look() {
      const now = (await look()).state.stages.find(({ id }) => id === stage);
      return now?.status === "waiting" ? now.choiceRequest : undefined;
    },
    send: (name, update) => sendUpdate<ChoiceProgress, ChoiceUpdate>(handle, name, { stage, by, ...update }),
    pairs: async () => (await readPairs(await openArtifact(home, choiceRequest.pairs))).pairs,
  };
}

const asksChoices = (stage: StageState): stage is StageState & { choiceRequest: ChoiceRequestState } =>
  stage.choiceRequest !== undefined;
