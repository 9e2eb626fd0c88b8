import type { ExpressionContext } from "../expressions/index.js";
import { reopened } from "../schemas/choices.js";
import type { Plan, PlannedStage } from "../schemas/plan.js";
import type { RunState, StageState, StageStatus } from "../schemas/run.js";
import { fatalFailures, hasEnded } from "./schedule.js";

/** The plan and the state of every stage: the interpreter's whole memory, carried over by continue-as-new. */
export class Board {
  /** Counts changes; whoever waits for one compares. */
  version = 0;
  /** Counts what people have said: choices, and actions on parked stages. */
  actions = 0;
  /** Id of the store that the run's artifacts are in, once one of its workers has told. */
  store: string | undefined;
  readonly plan: Plan;
  readonly states: Record<string, StageState>;
  readonly #onChange: (board: Board) => void;

  constructor(plan: Plan, states: Record<string, StageState>, onChange: (board: Board) => void = () => {}) {
    this.plan = plan;
    this.states = states;
    this.#onChange = onChange;
    onChange(this);
  }

  state(stage: string): StageState {
    const state = this.states[stage];
    if (state === undefined) throw new Error(`no stage ${stage}`);
    return state;
  }

  /** Changes a stage's state; fields given as undefined are removed. */
  set(stage: string, change: { [F in keyof StageState]?: StageState[F] | undefined }): void {
    const changed = Object.entries({ ...this.state(stage), ...change }).filter(([, value]) => value !== undefined);
    this.states[stage] = Object.fromEntries(changed) as unknown as StageState;
    this.version++;
    this.#onChange(this);
  }

  /** Cancels a stage. One that is parked asks again when the run is resumed: it has failed with its choices. */
  cancel(stage: string, reason: string): void {
    const { status, choiceRequest, failure } = this.state(stage);
    const isReopened = status === "parked" && choiceRequest !== undefined;
    this.set(stage, {
      status: "cancelled",
      reason,
      choiceRequest: isReopened ? reopened(choiceRequest, failure?.code) : choiceRequest,
    });
  }

  /** A person has changed something, which must not be lost with the server. */
  noteAction(): void {
    this.actions++;
    this.version++;
  }

  allEnded(): boolean {
    return this.plan.stages.every(({ id }) => hasEnded(this.state(id).status));
  }

  has(...statuses: StageStatus[]): boolean {
    return this.plan.stages.some(({ id }) => statuses.includes(this.state(id).status));
  }

  /** The failures that make the run fail, first by plan order. */
  fatalFailures(): StageState[] {
    return fatalFailures(this.plan.stages, this.states);
  }

  /** What expressions see: every stage that has ended. */
  context(runId: string): ExpressionContext {
    const ended = this.plan.stages.map(({ id }) => this.state(id)).filter(({ status }) => hasEnded(status));
    return {
      inputs: this.plan.inputs,
      stages: Object.fromEntries(ended.map(({ id, status, outputs, metrics }) => [id, { status, outputs, metrics }])),
      run: { id: runId, pipeline: this.plan.name, seed: this.plan.seed },
    };
  }

  list(): StageState[] {
    return this.plan.stages.map(({ id }) => this.state(id));
  }
}

/**
 * The states a run begins with: those of the run it resumes where a stage had succeeded, else queued, with the choices made.
 * A stage that had failed with its choices asks again.
 */
export function initialStates(
  stages: readonly PlannedStage[],
  known: Readonly<Record<string, StageState>> = {},
): Record<string, StageState> {
  return Object.fromEntries(
    stages.map(({ id, uses }) => {
      const before = known[id];
      if (before?.uses === uses && (before.status === "succeeded" || before.status === "cached")) return [id, before];
      const waiting: StageState = { id, uses, status: "queued", attempts: 0, outputs: {}, metrics: {} };
      const { changes, changesGrant, compute, choiceRequest, failure } = before ?? {};
      const kept = {
        ...(changes && { changes }),
        ...(changesGrant !== undefined && { changesGrant }),
        ...(compute && { compute }),
        ...(choiceRequest && {
          choiceRequest: hadFailed(before!) ? reopened(choiceRequest, failure?.code) : choiceRequest,
        }),
      };
      return [id, { ...waiting, ...kept }];
    }),
  );
}

/** Whether a stage's last attempt was its failure, whatever the answer to it. */
const hadFailed = ({ status }: StageState): boolean => ["failed", "parked", "skipped"].includes(status);

/** How a run with these stages stands while it continues. */
export function statusOf(board: Board): RunState["status"] {
  if (board.has("running", "backingOff")) return "running";
  if (board.has("parked")) return "parked";
  return board.has("waiting") ? "waiting" : "running";
}
