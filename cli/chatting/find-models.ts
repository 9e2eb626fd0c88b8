import type { Client } from "@temporalio/client";
import { nearest } from "../../expressions/nearest.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import { PawlError } from "../../platform/errors.js";
import { type RunState, type StageState, isOver } from "../../schemas/run.js";
import { findRecord, listRecords } from "../../store/records/runs.js";
import { connectIfUp } from "../../api/servers/server.js";
import { runNotFound } from "../../api/reading/find-run.js";
import { asServerError } from "../../api/servers/grpc.js";
import { knownRun, readRun } from "../../api/reading/read-run.js";

/** A stage and the model that it left. */
export interface StageModel {
  stage: string;
  model: ArtifactRef;
}

/**
 * The models that stages of a run have left.
 * @param wanted ids of stages; empty: the last stage with a model
 * @throws PawlError RUN_NOT_FOUND, WORKER_LOST, UNKNOWN_REFERENCE, WRONG_ARTIFACT, DATA_MISSING
 */
export async function findModels(home: string, runId: string, wanted: readonly string[]): Promise<StageModel[]> {
  const { stages } = await readState(home, runId);
  const models = stages.filter(({ outputs }) => outputs["model"] !== undefined);
  const ids = wanted.length > 0 ? wanted : models.slice(-1).map(({ id }) => id);
  if (ids.length === 0)
    throw new PawlError("DATA_MISSING", `run ${runId} has left no model yet`, { next: `pawl status ${runId}` });
  return ids.map((id) => {
    const { outputs } = checked(id, stages, models, runId);
    return { stage: id, model: outputs["model"]! };
  });
}

function checked(id: string, stages: readonly StageState[], models: readonly StageState[], runId: string): StageState {
  const stage = stages.find((stage) => stage.id === id);
  const usable = models.map((model) => model.id);
  const expected = usable.length === 0 ? "a stage that leaves a model" : `one of ${usable.join(", ")}`;
  const guess = usable[usable.length - 1] === undefined ? {} : { next: `pawl chat ${runId} --stage ${usable.at(-1)}` };
  if (stage === undefined) {
    const meant = nearest(id, usable);
    const next = meant === undefined ? guess : { next: `pawl chat ${runId} --stage ${meant}` };
    throw new PawlError("UNKNOWN_REFERENCE", `run ${runId} has no stage ${id}`, { expected, ...next });
  }
  if (models.includes(stage)) return stage;
  if (stage.status === "succeeded" || stage.status === "cached")
    throw new PawlError("WRONG_ARTIFACT", `stage ${id} leaves no model`, { expected, got: stage.uses, ...guess });
  throw new PawlError("DATA_MISSING", `stage ${id} has left no model`, {
    expected,
    got: `it is ${stage.status}`,
    next: `pawl status ${runId}`,
  });
}

/** A run's state: from the store's record if the run has ended, else from its server. */
async function readState(home: string, runId: string): Promise<RunState> {
  const record = await findRecord(home, runId);
  if (record !== undefined && isOver(record.status)) return record;
  const server = await connectIfUp(home);
  if (server === undefined) {
    if (record !== undefined) return record;
    throw runNotFound(
      runId,
      (await listRecords(home)).map((known) => known.runId),
    );
  }
  try {
    return await stateOnServer(server.client, home, runId, record);
  } catch (error) {
    if (record !== undefined) return record;
    throw asServerError(error, server);
  } finally {
    await server.close();
  }
}

/**
 * The state of a run that the server knows. If no worker answers, it is the state of the record,
 * which was written a moment before.
 * @throws PawlError WORKER_LOST if there is no record either
 */
export async function stateOnServer(
  client: Client,
  home: string,
  runId: string,
  record: RunState | undefined,
): Promise<RunState> {
  if (record === undefined) return (await knownRun(client, home, runId)).state;
  const { state, note } = await readRun(client, home, runId);
  return note === undefined ? state : record;
}
