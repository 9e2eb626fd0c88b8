import { CancellationScope, condition, getExternalWorkflowHandle, log, workflowInfo } from "@temporalio/workflow";
import { childSignal, type ChildAsks, type ChildNews, type RunRequest, type StageState } from "../schemas/run.js";
import { statusOf, type Board } from "./board.js";

/** What a child tells its parent: that it waits for people, or does so no longer. One signal is sent at a time. */
export class News {
  readonly #board: Board;
  readonly #stage: string | undefined;
  #told: string;
  #underWay = false;

  /** @param request of the run: a run without a parent tells nobody */
  constructor(board: Board, request: RunRequest | null | undefined) {
    this.#board = board;
    this.#stage = request?.parent?.stage;
    // A parent assumes that the child runs. What a run told before it continued as new is not known.
    this.#told = workflowInfo().continuedFromExecutionRunId === undefined ? told(undefined) : "";
  }

  /** Starts to send if there is something new. */
  keep(): void {
    const { parent, firstExecutionRunId: execution } = workflowInfo();
    if (parent === undefined || this.#stage === undefined || this.#underWay) return;
    const asks = asksOf(this.#board);
    if (told(asks) === this.#told) return;
    this.#told = told(asks);
    this.#underWay = true;
    const news: ChildNews = { stage: this.#stage, execution, ...(asks && { asks }) };
    const sent = CancellationScope.nonCancellable(() =>
      getExternalWorkflowHandle(parent.workflowId).signal<[ChildNews]>(childSignal, news),
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

const told = (asks: ChildAsks | undefined): string => JSON.stringify(asks ?? null);

/** What a run waits for: its first parked stage or, if there is none, its first waiting one; undefined while it runs. */
function asksOf(board: Board): ChildAsks | undefined {
  const status = statusOf(board);
  if (status !== "parked" && status !== "waiting") return undefined;
  const stage = board.with(status)[0]!;
  return stage.child?.asks ?? { status, run: workflowInfo().workflowId, stage: stage.id, verb: verbOf(stage) };
}

/** The verb with which people answer a stage that is parked or waits. */
export function verbOf({ status, approval }: StageState): ChildAsks["verb"] {
  if (status === "parked") return "retry";
  return approval === undefined ? "choose" : "approve";
}
