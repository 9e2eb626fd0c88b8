import { CancellationScope, condition, log, TemporalFailure } from "@temporalio/workflow";
import type { RecordedState } from "../schemas/run.js";
import { recordProgress } from "./activities.js";
import type { Board } from "./board.js";
import { inOutcomeOrder } from "./outcome-order.js";

/**
 * Records people's choices and actions in the store while the run continues, so that they outlive
 * the server. One record is written at a time; what arrives meanwhile goes into the next one.
 */
export class Recorder {
  readonly #board: Board;
  readonly #state: () => RecordedState;
  #recorded = 0;
  #underWay = false;

  constructor(board: Board, state: () => RecordedState) {
    this.#board = board;
    this.#state = state;
  }

  /**
   * Starts writing if something has changed. A store that cannot be written does not affect the
   * run.
   */
  update(): void {
    const { actions } = this.#board;
    if (this.#underWay || actions === this.#recorded) return;
    this.#underWay = true;
    this.#recorded = actions;
    const written = CancellationScope.nonCancellable(() =>
      inOutcomeOrder(this.#board, () => recordProgress(this.#state())),
    );
    void written
      .catch((error: unknown) => {
        if (!(error instanceof TemporalFailure)) throw error;
        log.warn("choices and actions could not be recorded", { error });
      })
      .finally(() => {
        this.#underWay = false;
        this.#board.version++;
      });
  }

  /** Whether everything has been written. */
  isIdle(): boolean {
    return !this.#underWay && this.#board.actions === this.#recorded;
  }

  /** Waits until nothing is being written. */
  async idle(): Promise<void> {
    await CancellationScope.nonCancellable(() => condition(() => !this.#underWay));
  }
}
