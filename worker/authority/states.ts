import { producedArtifacts } from "../../schemas/artifact.js";
import type { StageState } from "../../schemas/run.js";
import { useArtifacts } from "../../store/artifacts/artifacts.js";
import { queuedState } from "../../workflows/board.js";
import { areGranted, grantChanges } from "./changes.js";
import { isBelieved, signReceipt, type SignedRun } from "./receipts.js";

/**
 * States that a signed request holds: the key of PAWL_HOME vouches for their results and changes,
 * in this run as well.
 */
export function signedStates(
  home: string,
  run: SignedRun,
  states: Readonly<Record<string, StageState>>,
): Record<string, StageState> {
  return Object.fromEntries(
    Object.entries(states).map(([id, state]): [string, StageState] => [
      id,
      {
        ...state,
        ...(isFinished(state) && { receipt: signReceipt(home, run, { ...state, id }) }),
        ...(state.changes && { changesGrant: grantChanges(home, run.runId, id, state.changes) }),
      },
    ]),
  );
}

/**
 * What is known about a run's stages: results that are believed and whose artifacts the store still
 * has, with receipts; changes that were accepted; and what people chose and approved as the store
 * recorded it. Other stages are queued.
 * @param claims given: by whoever starts the run; recorded: by the run itself, in the store
 * @throws PawlError STORE_UNREADABLE
 */
export async function verifiedStates(
  home: string,
  run: SignedRun,
  claims: { given: Readonly<Record<string, StageState>>; recorded: readonly StageState[] },
): Promise<Record<string, StageState>> {
  const recorded = new Map(claims.recorded.map((state) => [state.id, state]));
  const verified: Record<string, StageState> = {};
  for (const id of new Set([...Object.keys(claims.given), ...recorded.keys()])) {
    const known = recorded.get(id);
    const given = claims.given[id];
    const claimed = [given, known].filter((state) => state !== undefined);
    const requests = recordedRequests(known);
    const finished = await firstBelieved(home, run, claimed);
    const state = finished === undefined ? unfinished(claimed) : finishedState(home, run, finished);
    verified[id] = { ...state, ...acceptedChanges(home, run.runId, claimed), ...requests };
  }
  return verified;
}

const isFinished = ({ status }: StageState): boolean => status === "succeeded" || status === "cached";

async function firstBelieved(
  home: string,
  run: SignedRun,
  claimed: readonly StageState[],
): Promise<StageState | undefined> {
  for (const state of claimed) {
    if (!isFinished(state) || !(isEmptyList(state) || (await isBelieved(home, run, state)))) continue;
    if (useArtifacts(home, producedArtifacts(state))) return state;
  }
  return undefined;
}

/** What the store recorded of people's choices and approvals. */
function recordedRequests(known: StageState | undefined): Pick<StageState, "choiceRequest" | "approval"> {
  const { choiceRequest, approval } = known ?? {};
  return { ...(choiceRequest && { choiceRequest }), ...(approval && { approval }) };
}

/** A list without items has no result; whoever needs it reads the list again. */
function isEmptyList({ key, outputs, metrics, values, answers, receipt, combination }: StageState): boolean {
  const hasNone = Object.keys({ ...outputs, ...metrics, ...values, ...answers }).length === 0;
  return hasNone && key === undefined && receipt === undefined && combination === undefined;
}

/**
 * A finished stage: of what its state says, the result, which is believed, and times, which are
 * only shown.
 */
function finishedState(home: string, run: SignedRun, state: StageState): StageState {
  const { id, uses, status, attempts, combination, key, outputs, metrics, values, answers, compute, child, reason } =
    state;
  const { startedAtMs, endedAtMs, sinceMs, spentMs, workedMs } = state;
  return {
    ...{ id, uses, status, attempts, outputs, metrics },
    ...(combination && { combination }),
    ...(key !== undefined && { key }),
    ...(values && { values }),
    ...(answers && { answers }),
    ...(compute && { compute }),
    ...(child && { child: { run: child.run } }),
    ...(reason !== undefined && { reason }),
    ...(startedAtMs !== undefined && { startedAtMs }),
    ...(endedAtMs !== undefined && { endedAtMs }),
    ...(sinceMs !== undefined && { sinceMs }),
    ...(spentMs && { spentMs }),
    ...(workedMs !== undefined && { workedMs }),
    ...(!isEmptyList(state) && { receipt: signReceipt(home, run, state) }),
  };
}

/** Returns the changes that were accepted. */
function acceptedChanges(
  home: string,
  runId: string,
  claimed: readonly StageState[],
): Pick<StageState, "changes" | "changesGrant"> {
  const changed = claimed.find((state) => state.changes !== undefined && areGranted(home, runId, state.id, state));
  return changed ? { changes: changed.changes!, changesGrant: changed.changesGrant! } : {};
}

/** A stage that has to run: with how its last attempt ended, and what it computes with. */
function unfinished(claimed: readonly StageState[]): StageState {
  const known = claimed.at(-1)!;
  const { failure, status } = known;
  const compute = claimed.find((state) => state.compute !== undefined)?.compute;
  return {
    ...queuedState(known),
    ...(!isFinished(known) && { status, ...(failure && { failure }) }),
    ...(compute && { compute }),
  };
}
