import {
  ApplicationFailure,
  CancellationScope,
  condition,
  defineSignal,
  getExternalWorkflowHandle,
  log,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import type { ErrorCode } from "../platform/errors.js";
import { groupId, groupSignals, type GroupAnswer, type GroupMember } from "../schemas/concurrency.js";
import type { Plan } from "../schemas/plan.js";
import type { RunState } from "../schemas/run.js";
import { joinGroup } from "./activities.js";
import { isGroupAnswer } from "./messages.js";

/** A waiting run asks again after this time, ms, in case the group's workflow was ended. */
const askAgainMs = 300_000;

/** A run's place in its concurrency group, if its plan names one. */
export class GroupMembership {
  #answer: GroupAnswer | undefined;
  /** The group that the run has asked for a place. */
  #group: string | undefined;

  /**
   * Listens for the group's answers from the start. Answers to a run that has a place change
   * nothing.
   * @param onAnswer called for each answer
   */
  constructor(onAnswer: () => void) {
    setHandler(defineSignal<[unknown]>(groupSignals.answer), (answer) => {
      if (!isGroupAnswer(answer)) return;
      if (this.#answer?.place !== "granted") this.#answer = answer;
      onAnswer();
    });
  }

  /** What the run waits for; undefined if it does not wait. */
  queue(): RunState["queue"] {
    if (this.#group === undefined || (this.#answer && this.#answer.place !== "waiting")) return undefined;
    return { group: this.#group, behind: this.#answer?.behind ?? [] };
  }

  /** Restores the place of the run that this one continues. */
  restore({ concurrency }: Plan): void {
    this.#group = concurrency?.group;
    this.#answer = { place: "granted", behind: [] };
  }

  /** Waits until the run has a place. @throws ApplicationFailure CONCURRENCY_LIMIT */
  async acquire({ concurrency }: Plan): Promise<void> {
    if (concurrency === undefined) return;
    const { group, ...limits } = concurrency;
    this.#group = group;
    const isDecided = (): boolean => this.#answer !== undefined && this.#answer.place !== "waiting";
    do
      await joinGroup({ group, member: { ...memberId(), startedAtMs: workflowInfo().startTime.getTime(), ...limits } });
    while (!(await condition(isDecided, askAgainMs)));
    if (this.#answer!.place === "granted") return;
    const code: ErrorCode = "CONCURRENCY_LIMIT";
    const { behind } = this.#answer!;
    const message = `the concurrency group ${group} is full: under way are ${behind.join(", ")}`;
    throw ApplicationFailure.nonRetryable(message, code, { code, message, facts: {} });
  }

  /** Releases the place. */
  async release(): Promise<void> {
    if (this.#group === undefined || this.#answer?.place === "refused") return;
    const workflow = getExternalWorkflowHandle(groupId(this.#group));
    const signal = defineSignal<[ReturnType<typeof memberId>]>(groupSignals.leave);
    try {
      await CancellationScope.nonCancellable(() => workflow.signal(signal, memberId()));
    } catch (error) {
      log.warn("the group has ended before this run", { error });
    }
  }
}

function memberId(): Pick<GroupMember, "runId" | "execution"> {
  const { workflowId: runId, firstExecutionRunId: execution } = workflowInfo();
  return { runId, execution };
}
