import {
  ApplicationFailure,
  condition,
  continueAsNew,
  defineSignal,
  getExternalWorkflowHandle,
  log,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import type { ErrorCode } from "../platform/errors.js";
import { groupSignals, type GroupAnswer, type GroupMember, type GroupState } from "../schemas/concurrency.js";
import { haveEnded } from "./activities.js";
import { Group, type GroupAct } from "./group.js";
import { isGroupState, isMember, isMemberId } from "./messages.js";

/**
 * How often a group with a queue checks for runs that ended without a signal, ms: terminated runs
 * send none. The wait doubles while nothing happens.
 */
const minWaitMs = 5000;
const maxWaitMs = 120_000;
/** Events after which the group continues as new. */
const maxHistoryLength = 2000;

const invalid: ErrorCode = "INPUT_INVALID";

type Message = { join: GroupMember } | { leave: Pick<GroupMember, "runId" | "execution"> };

/**
 * The workflow type `concurrency`, one for each group of runs: gives out places, as many as the
 * runs' `limit`. It ends when the group has no members.
 * @throws ApplicationFailure INPUT_INVALID if somebody else has started it with something else
 */
export async function concurrency(given: GroupState): Promise<void> {
  if (!isGroupState(given)) throw ApplicationFailure.nonRetryable("this is not the state of a group", invalid);
  const { group: name, ...state } = given;
  const group = new Group(state);
  const inbox: Message[] = [];
  setHandler(defineSignal<[unknown]>(groupSignals.join), (join) => {
    if (isMember(join)) inbox.push({ join });
  });
  setHandler(defineSignal<[unknown]>(groupSignals.leave), (leave) => {
    if (isMemberId(leave)) inbox.push({ leave });
  });
  let waitMs = minWaitMs;
  for (;;) {
    const isCalled = await mail(inbox, group.hasQueue() ? waitMs : undefined);
    waitMs = isCalled ? minWaitMs : Math.min(2 * waitMs, maxWaitMs);
    if (!isCalled) await dropEnded(group);
    for (let message = inbox.shift(); message !== undefined; message = inbox.shift()) await take(group, message);
    if (group.members().length === 0) return;
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    if (continueAsNewSuggested || historyLength > maxHistoryLength)
      await continueAsNew<typeof concurrency>({ group: name, ...group.state() });
  }
}

/** Waits for a message. Returns false if none arrives in time. */
async function mail(inbox: readonly Message[], waitMs: number | undefined): Promise<boolean> {
  const hasCome = (): boolean => inbox.length > 0;
  if (waitMs !== undefined) return condition(hasCome, waitMs);
  await condition(hasCome);
  return true;
}

async function take(group: Group, message: Message): Promise<void> {
  if ("leave" in message) return act(group, group.leave(message.leave));
  if (group.isFullFor(message.join)) await dropEnded(group);
  await act(group, group.join(message.join));
}

/** Removes the runs that ended without sending a signal. */
async function dropEnded(group: Group): Promise<void> {
  const members = group.members();
  try {
    const ended = await haveEnded(members);
    for (const [i, member] of members.entries()) if (ended[i]) await act(group, group.leave(member));
  } catch (error) {
    log.warn("the runs of the group could not be looked up", { error });
  }
}

/** A run that no longer exists frees its place for the next one. */
async function act(group: Group, acts: readonly GroupAct[]): Promise<void> {
  for (const one of acts) {
    const run = getExternalWorkflowHandle(one.member.runId);
    try {
      if (one.act === "cancel") await run.cancel();
      else await run.signal(defineSignal<[GroupAnswer]>(groupSignals.answer), one.answer);
    } catch (error) {
      log.warn("a run of the group has ended", { run: one.member.runId, error });
      await act(group, group.leave(one.member));
    }
  }
}
