import { CancellationScope, condition, getExternalWorkflowHandle, log, workflowInfo } from "@temporalio/workflow";
import { childSignal, type ChildAsks, type ChildNews, type RunRequest, type StageState } from "../schemas/run.js";
import { runStatus, type Board } from "./board.js";

/** Tells the parent when a child starts or stops waiting for people. Sends one signal at a time. */
export class ParentNotifier {
  readonly #board: Board;
  readonly #stage: string | undefined;
  #sent: string;
  #underWay = false;

  /** @param request of the run; a run without a parent sends nothing */
  constructor(board: Board, request: RunRequest | null | undefined) {
    this.#board = board;
    this.#stage = request?.parent?.stage;
    // A parent assumes that its child runs. After continue-as-new, what was sent before is unknown.
    this.#sent = workflowInfo().continuedFromExecutionRunId === undefined ? serializeAsks(undefined) : "";
  }

  /** Sends a signal if something has changed. */
  notify(): void {
    const { parent, firstExecutionRunId: execution } = workflowInfo();
    if (parent === undefined || this.#stage === undefined || this.#underWay) return;
    const asks = currentAsks(this.#board);
    if (serializeAsks(asks) === this.#sent) return;
    this.#sent = serializeAsks(asks);
    this.#underWay = true;
    const childNews: ChildNews = { stage: this.#stage, execution, ...(asks && { asks }) };
    const sent = CancellationScope.nonCancellable(() =>
      getExternalWorkflowHandle(parent.workflowId).signal<[ChildNews]>(childSignal, childNews),
    );
    void sent
      .catch((error: unknown) => log.warn("the parent could not be told that the run waits", { error }))
      .finally(() => {
        this.#underWay = false;
        this.#board.version++;
      });
  }

  /** Whether nothing is being sent. */
  isIdle(): boolean {
    return !this.#underWay;
  }

  /** Waits until nothing is being sent. */
  async idle(): Promise<void> {
    await CancellationScope.nonCancellable(() => condition(() => this.isIdle()));
  }
}

const serializeAsks = (asks: ChildAsks | undefined): string => JSON.stringify(asks ?? null);

/**
 * What a run waits for: its first parked stage or, if there is none, its first waiting one;
 * undefined while it runs.
 */
function currentAsks(board: Board): ChildAsks | undefined {
  const status = runStatus(board);
  if (status !== "parked" && status !== "waiting") return undefined;
  const stage = board.with(status)[0]!;
  return stage.child?.asks ?? { status, run: workflowInfo().workflowId, stage: stage.id, verb: answerVerb(stage) };
}

/** The verb with which people answer a stage that is parked or waits. */
export function answerVerb({ status, approval }: StageState): ChildAsks["verb"] {
  if (status === "parked") return "retry";
  return approval === undefined ? "choose" : "approve";
}
