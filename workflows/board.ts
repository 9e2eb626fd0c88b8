import type { ExpressionContext } from "../expressions/evaluate.js";
import type { Json } from "../platform/json.js";
import { reopened } from "../schemas/choices.js";
import { itemMembers, membersById, stagesToRun } from "../schemas/matrix.js";
import type { Plan, PlannedStage } from "../schemas/plan.js";
import type { ParentPause, RunState, RunStatus, StageState, StageStatus } from "../schemas/run.js";
import { stageFacts } from "./facts.js";
import { stageContext, fatalFailures, hasEnded } from "./schedule.js";

/** The times of a stage that leaves its status; those before its first start do not count. */
function timesAfter({ status, sinceMs, spentMs }: StageState, nowMs: number): Pick<StageState, "sinceMs" | "spentMs"> {
  if (sinceMs === undefined) return { sinceMs: nowMs };
  return { sinceMs: nowMs, spentMs: { ...spentMs, [status]: (spentMs?.[status] ?? 0) + nowMs - sinceMs } };
}

/**
 * The plan and the state of every stage: the interpreter's whole memory, carried over by
 * continue-as-new.
 */
export class Board {
  /** Incremented by every change. Code that waits for a change compares it. */
  version = 0;
  /** The version that the interpreter has dealt with; Infinity while it does not run. */
  handled = 0;
  /**
   * Number of outcomes of local activities that have arrived, and that were passed on. See
   * `inOutcomeOrder`.
   */
  readonly outcomeOrder = { come: 0, taken: 0 };
  /** Notifications that could not be delivered while the run continued. */
  undelivered = 0;
  /** What the run waits for before its first stage: a place in its concurrency group. */
  waitsFor: () => RunState["queue"] = () => undefined;
  /** When this run was paused, epoch ms. */
  ownPauseMs: number | undefined;
  /** The pause of its parent. */
  parentPause: ParentPause | undefined;
  /** Counts what people have done: choices, and actions on parked stages. */
  actions = 0;
  /** Id of the store that the run's artifacts are in, once one of its workers has reported it. */
  store: string | undefined;
  /**
   * After a combination has failed, the rest of a matrix with failFast: false is started. In older
   * runs it is canceled.
   */
  restRuns = true;
  /**
   * The run continues as new after everything has been recorded and sent. Older runs continue as
   * new first and then wait.
   */
  settles = true;
  readonly plan: Plan;
  /** The stages to run, in the plan's order. */
  stages!: readonly PlannedStage[];
  #members!: ReadonlyMap<string, PlannedStage[]>;
  states: Record<string, StageState>;
  /** A status or the number of running stages has changed, so other stages may be able to start. */
  isScheduleStale = true;
  #places!: ReadonlyMap<string, number>;
  #byStatus!: Map<StageStatus, Set<string>>;

  constructor(plan: Plan, states: Record<string, StageState>) {
    this.plan = plan;
    // The request itself stays unchanged: it is checked while updates already change the board.
    this.states = { ...states };
    this.#plan();
  }

  /** Finds the stages to run, from the plan and from what the states know about lists. */
  #plan(): void {
    this.stages = stagesToRun(this.plan.stages, Object.values(this.states));
    this.#members = membersById(this.stages);
    this.#places = new Map(this.stages.map(({ id }, i) => [id, i]));
    this.#byStatus = new Map();
    for (const { id } of this.stages) this.#count(id, this.state(id).status);
    this.isScheduleStale = true;
  }

  #count(id: string, status: StageStatus): void {
    const ids = this.#byStatus.get(status);
    if (ids === undefined) this.#byStatus.set(status, new Set([id]));
    else ids.add(id);
  }

  /** The planned stage of an id. */
  planned(id: string): PlannedStage {
    return this.stages[this.#places.get(id)!]!;
  }

  /** Puts the stages of its items in the place of a stage with `foreach`. An empty list ends it. */
  expand({ id, uses }: PlannedStage, items: readonly Json[]): void {
    if (items.length === 0)
      return this.set(id, { status: "succeeded", reason: "0 items: its list is empty", endedAtMs: Date.now() });
    const { [id]: _replaced, ...others } = this.states;
    const members = itemMembers(id, items).map((member) => [member.id, queuedState({ ...member, uses })] as const);
    this.states = { ...others, ...Object.fromEntries(members) };
    this.#plan();
    this.version++;
  }

  state(stage: string): StageState {
    const state = this.states[stage];
    if (state === undefined) throw new Error(`no stage ${stage}`);
    return state;
  }

  /** Changes a stage's state; fields given as undefined are removed. */
  set(stage: string, change: { [F in keyof StageState]?: StageState[F] | undefined }): void {
    const state = this.state(stage);
    const moves = change.status !== undefined && change.status !== state.status;
    const changed = Object.entries({ ...state, ...(moves && timesAfter(state, Date.now())), ...change }).filter(
      ([, value]) => value !== undefined,
    );
    this.states[stage] = Object.fromEntries(changed) as unknown as StageState;
    if (moves) {
      this.#byStatus.get(state.status)!.delete(stage);
      this.#count(stage, change.status!);
      this.isScheduleStale = true;
    }
    this.version++;
  }

  /**
   * Cancels a stage. A parked stage has failed with its choices, so it requests them again when the
   * run is resumed.
   */
  cancel(stage: string, reason: string): void {
    const { status, choiceRequest, failure } = this.state(stage);
    const isReopened = status === "parked" && choiceRequest !== undefined;
    this.set(stage, {
      status: "cancelled",
      reason,
      choiceRequest: isReopened ? reopened(choiceRequest, failure?.code) : choiceRequest,
    });
  }

  /** Whether the interpreter has dealt with every change. */
  isAtRest(): boolean {
    return this.handled >= this.version;
  }

  /** A person has changed something that must survive the loss of the server. */
  noteAction(): void {
    this.actions++;
    this.version++;
  }

  /** Pauses the run, or ends this pause. */
  pause(sinceMs: number | undefined): void {
    this.ownPauseMs = sinceMs;
    this.version++;
  }

  /** Pauses the run with its parent, or ends this pause. */
  pauseWithParent(pause: ParentPause | undefined): void {
    this.parentPause = pause;
    this.version++;
  }

  /** When the pause began, and which run above this one was paused if this one was not. */
  pauseState(): Pick<RunState, "pausedSinceMs" | "pausedBy"> {
    if (this.ownPauseMs !== undefined) return { pausedSinceMs: this.ownPauseMs };
    if (this.parentPause === undefined) return {};
    return { pausedSinceMs: this.parentPause.sinceMs, pausedBy: this.parentPause.by };
  }

  /** Whether no stage, and no further attempt, is to be started. */
  isPaused(): boolean {
    return this.pauseState().pausedSinceMs !== undefined;
  }

  /** Records that a webhook has not received a notification. */
  noteUndelivered(): void {
    this.undelivered++;
    this.version++;
  }

  allEnded(): boolean {
    return [...this.#byStatus].every(([status, ids]) => ids.size === 0 || hasEnded(status));
  }

  /** How many stages have one of these statuses. */
  count(...statuses: StageStatus[]): number {
    return statuses.reduce((sum, status) => sum + (this.#byStatus.get(status)?.size ?? 0), 0);
  }

  /** The states of stages with one of these statuses, in the plan's order. */
  with(...statuses: StageStatus[]): StageState[] {
    const ids = statuses.flatMap((status) => [...(this.#byStatus.get(status) ?? [])]);
    return ids.sort((a, b) => this.#places.get(a)! - this.#places.get(b)!).map((id) => this.state(id));
  }

  /** The failures that make the run fail, first by plan order. */
  fatalFailures(): StageState[] {
    return fatalFailures(this.stages, this.states);
  }

  /** Returns the states of a stage's needs. For a matrix, that is every combination. */
  neededStates(stage: Pick<PlannedStage, "needs">): StageState[] {
    return this.#needed(stage).map(({ id }) => this.state(id));
  }

  #needed({ needs }: Pick<PlannedStage, "needs">): PlannedStage[] {
    return needs.flatMap((id) => this.#members.get(id) ?? []);
  }

  /**
   * What expressions see: every stage that has ended.
   * @param stage whose expressions they are: it sees only what it needs, unless its settings have
   *   been changed
   */
  context(runId: string, stage?: PlannedStage): ExpressionContext {
    const seesAll = stage === undefined || this.state(stage.id).changes !== undefined;
    const context = {
      inputs: this.plan.inputs,
      stages: stageFacts(seesAll ? this.stages : this.#needed(stage), this.states),
      run: { id: runId, pipeline: this.plan.name, seed: this.plan.seed },
    };
    return stage === undefined ? context : stageContext(stage, context);
  }

  list(): StageState[] {
    return this.stages.map(({ id }) => this.state(id));
  }
}

/** The state of a stage that no attempt has been made at. */
export function queuedState({ id, uses, combination }: Pick<StageState, "id" | "uses" | "combination">): StageState {
  return { id, uses, ...(combination && { combination }), status: "queued", attempts: 0, outputs: {}, metrics: {} };
}

/**
 * The states that a run begins with. A stage that succeeded in the resumed run keeps its state; any
 * other is queued, with the choices made. A stage that failed with its choices requests them again.
 */
export function initialStates(
  stages: readonly PlannedStage[],
  known: Readonly<Record<string, StageState>> = {},
): Record<string, StageState> {
  return Object.fromEntries(
    stages.map(({ id, uses, member }) => {
      const before = known[id];
      const combination = member && { combination: member.combination };
      if (before?.uses === uses && (before.status === "succeeded" || before.status === "cached"))
        return [id, { ...before, ...combination }];
      const waiting = queuedState({ id, uses, ...combination });
      const { changes, changesGrant, compute, choiceRequest, approval, failure } = before ?? {};
      const kept = {
        ...(changes && { changes }),
        ...(changesGrant !== undefined && { changesGrant }),
        ...(compute && { compute }),
        ...(approval?.answer?.approved === true && { approval }),
        ...(choiceRequest && {
          choiceRequest: hadFailed(before!) ? reopened(choiceRequest, failure?.code) : choiceRequest,
        }),
      };
      return [id, { ...waiting, ...kept }];
    }),
  );
}

/** Whether a stage's last attempt failed, whatever action followed. */
const hadFailed = ({ status }: StageState): boolean => ["failed", "parked", "skipped"].includes(status);

/** The status of a run with these stages while it continues. */
export function runStatus(board: Board): RunStatus {
  if (board.waitsFor() !== undefined) return "waiting";
  if (board.count("running", "backingOff") > 0) return "running";
  if (board.count("parked") > 0) return "parked";
  if (board.count("waiting") > 0) return "waiting";
  return !board.isPaused() || board.allEnded() ? "running" : "paused";
}
