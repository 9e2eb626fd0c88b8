import { producedArtifacts } from "../../schemas/artifact.js";
import type { StageState } from "../../schemas/run.js";
import { useArtifacts } from "../../store/index.js";
import { queuedState } from "../../workflows/board.js";
import { areGranted, grantChanges } from "./changes.js";
import { isBelieved, receiptOf } from "./receipts.js";

/** States that a signed request holds: the key of PAWL_HOME vouches for their results and changes, in this run as well. */
export function signedStates(
  home: string,
  runId: string,
  states: Readonly<Record<string, StageState>>,
): Record<string, StageState> {
  return Object.fromEntries(
    Object.entries(states).map(([id, state]): [string, StageState] => [
      id,
      {
        ...state,
        ...(isFinished(state) && { receipt: receiptOf(home, runId, id, state) }),
        ...(state.changes && { changesGrant: grantChanges(home, runId, id, state.changes) }),
      },
    ]),
  );
}

/**
 * What is known about a run's stages: results that are believed and whose artifacts the store still has, changes that were
 * accepted, and what people chose and approved as the store recorded it. Other stages are queued.
 * @param claims given: by whoever starts the run; recorded: by the run itself, in the store
 * @throws PawlError STORE_UNREADABLE
 */
export async function verifiedStates(
  home: string,
  runId: string,
  claims: { given: Readonly<Record<string, StageState>>; recorded: readonly StageState[] },
): Promise<Record<string, StageState>> {
  const recorded = new Map(claims.recorded.map((state) => [state.id, state]));
  const verified: Record<string, StageState> = {};
  for (const id of new Set([...Object.keys(claims.given), ...recorded.keys()])) {
    const known = recorded.get(id);
    const given = claims.given[id];
    const claimed = [given, known].filter((state) => state !== undefined);
    const asked = askedOf(known);
    const finished = await firstBelieved(home, runId, claimed);
    verified[id] = finished
      ? { ...withoutAsked(finished), ...asked }
      : { ...unfinished(home, runId, claimed), ...asked };
  }
  return verified;
}

const isFinished = ({ status }: StageState): boolean => status === "succeeded" || status === "cached";

async function firstBelieved(
  home: string,
  runId: string,
  claimed: readonly StageState[],
): Promise<StageState | undefined> {
  for (const state of claimed) {
    if (!isFinished(state) || !(await isBelieved(home, runId, state))) continue;
    if (useArtifacts(home, producedArtifacts(state))) return state;
  }
  return undefined;
}

/** What the store recorded of people's choices and approvals. */
function askedOf(known: StageState | undefined): Pick<StageState, "choiceRequest" | "approval"> {
  const { choiceRequest, approval } = known ?? {};
  return { ...(choiceRequest && { choiceRequest }), ...(approval && { approval }) };
}

function withoutAsked({ choiceRequest: _choices, approval: _approval, ...state }: StageState): StageState {
  return state;
}

/** A stage that has to run: with how its last attempt ended, the changes that were accepted, and what it computes with. */
function unfinished(home: string, runId: string, claimed: readonly StageState[]): StageState {
  const known = claimed.at(-1)!;
  const { failure, status } = known;
  const changed = claimed.find((state) => areGranted(home, runId, state.id, state) && state.changes !== undefined);
  const compute = claimed.find((state) => state.compute !== undefined)?.compute;
  return {
    ...queuedState(known),
    ...(!isFinished(known) && { status, ...(failure && { failure }) }),
    ...(changed && { changes: changed.changes!, changesGrant: changed.changesGrant! }),
    ...(compute && { compute }),
  };
}
