import type { RunView } from "../../api/reading/run-view.js";
import { nearest } from "../../expressions/nearest.js";
import { PawlError } from "../../platform/errors.js";
import { ancestry } from "../../report/run/artifact-tree.js";
import { resultKeys, noEvents, readStageEvents, withEnds } from "../../report/run/stage-events.js";
import { explainWork } from "../../report/run/work-reason.js";
import { stagesToRun } from "../../schemas/matrix.js";
import { allResults } from "../../store/records/all-results.js";
import { lastOutputFile } from "../../store/history/program-output.js";
import { explainChange } from "../../store/changes/reasons.js";
import { recordedResult } from "../../store/records/results.js";
import { findRecord } from "../../store/records/runs.js";
import type { StageDetail } from "../messages.js";
import type { StudioContext } from "./context.js";
import type { ResultRecord } from "../../store/records/record-types.js";

/** Earlier runs of the same pipeline that are looked through for a result to compare with. */
const maxCompared = 5;
/** Attempts of a stage in one message, the newest; and ids in an error. */
const most = { attempts: 100, ids: 20 };

/** More about one stage of a run. @throws PawlError UNKNOWN_REFERENCE, STORE_UNREADABLE */
export async function stageDetail(context: StudioContext, view: RunView, id: string): Promise<StageDetail> {
  const { home } = context;
  const { runId, state } = view;
  const stages = stagesToRun(state.plan?.stages ?? [], state.stages);
  const planned = stages.find((stage) => stage.id === id);
  if (planned === undefined)
    throw noStage(
      runId,
      id,
      stages.map((stage) => stage.id),
    );
  const known = state.stages.find((stage) => stage.id === id);
  const current = known ?? { id, uses: planned.uses, status: "queued", attempts: 0, outputs: {}, metrics: {} };
  const read = await readStageEvents(home, runId, id);
  const events = withEnds(read.get(id) ?? noEvents(), current);
  const key = resultKeys([current], read).get(id);
  const result = key === undefined ? undefined : await recordedResult(home, key);
  const inRun = {
    state: current,
    type: planned.uses,
    needs: planned.needs,
    declared: id,
    events,
    ...(result && { result }),
  };
  const reason = explainWork(inRun);
  const results = Object.keys(current.outputs).length > 0 ? await allResults(home) : [];
  return {
    id,
    why: reason !== "" ? [reason] : await changesSince(context, view, id, result),
    planned: planned.with,
    ...(result && { settings: result.with }),
    ...(key !== undefined && { key }),
    ...{ attempts: events.attempts.slice(-most.attempts), attemptCount: events.attempts.length },
    checkpointCount: events.checkpoints.length,
    ...(result && { madeBy: madeBy(result) }),
    lineage: Object.fromEntries(Object.entries(current.outputs).map(([name, ref]) => [name, ancestry(results, ref)])),
    ...(lastOutputFile(home, runId, id, current.attempts) !== undefined && { hasOutput: true }),
  };
}

const madeBy = ({ lineage: { runId, stage, machine, endedAt } }: ResultRecord): NonNullable<StageDetail["madeBy"]> => ({
  ...{ run: runId, stage, machine, endedAt },
});

/**
 * Why a stage ran: how it differs from the same stage of the last run of its pipeline before this
 * one.
 */
async function changesSince(
  { home, board }: StudioContext,
  { runId, state, startedAtMs }: RunView,
  id: string,
  result: ResultRecord | undefined,
): Promise<string[]> {
  if (result === undefined) return [];
  const { runs } = await board.now();
  const earlier = runs.filter(
    (run) => run.pipeline === state.pipeline && run.run !== runId && run.startedAtMs < startedAtMs,
  );
  for (const { run } of earlier.slice(0, maxCompared)) {
    const key = (await findRecord(home, run))?.stages.find((stage) => stage.id === id)?.key;
    const before = key === undefined || key === result.key ? undefined : await recordedResult(home, key);
    if (before !== undefined) return explainChange(before, result).map((change) => `since ${run}: ${change}`);
  }
  return ["the store had no result of its key"];
}

function noStage(runId: string, id: string, ids: string[]): PawlError {
  const guess = nearest(id, ids);
  return new PawlError("UNKNOWN_REFERENCE", `run ${runId} has no stage ${id}`, {
    expected: `one of ${ids.slice(0, most.ids).join(", ")}${ids.length > most.ids ? ` and ${ids.length - most.ids} more` : ""}`,
    ...(guess !== undefined && { next: `did you mean ${guess}?` }),
  });
}
