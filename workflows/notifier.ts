import { CancellationScope, condition, log, startChild, workflowInfo } from "@temporalio/workflow";
import type { NotificationRequest, RunEvent } from "../schemas/notifications.js";
import type { StageState } from "../schemas/run.js";
import type { Board } from "./board.js";
import { notification } from "./notification.js";

/**
 * Maximum number of times that a run notifies its webhooks of stages that wait: a wide matrix may
 * park hundreds.
 */
const maxStageNotices = 100;

/**
 * Notifies the webhooks of a run, each event and webhook by a workflow of its own: the run waits
 * only until the server has started that, so that a webhook that does not answer neither fails nor
 * delays the run.
 */
export class Notifier {
  readonly #board: Board;
  /** By stage, the start of the wait that has been handled. */
  readonly #handled = new Map<string, number | undefined>();
  #ofStages = 0;
  #starting = 0;

  /**
   * @param continued the board is that of a run before it continued as new: its stages have been
   *   handled
   */
  constructor(board: Board, continued: boolean) {
    this.#board = board;
    if (continued) for (const { id, sinceMs } of waiting(board)) this.#handled.set(id, sinceMs);
  }

  /** Notifies of the stages that have begun to wait. */
  notify(): void {
    if (this.#board.plan.notify === undefined) return;
    for (const { id, status, sinceMs, failure, approval } of waiting(this.#board)) {
      if (this.#handled.has(id) && this.#handled.get(id) === sinceMs) continue;
      this.#handled.set(id, sinceMs);
      if (++this.#ofStages > maxStageNotices) continue;
      const message = failure?.message ?? approval?.message;
      const facts = { ...(failure && { code: failure.code }), ...(message !== undefined && { message }) };
      this.#tell({ status: status as RunEvent["status"], stage: id, ...facts }, `${id}/${status}/${sinceMs}`);
    }
  }

  /** Notifies of the run's end, and waits until everything has been sent. */
  async end(event: RunEvent): Promise<void> {
    this.#tell(event, `${event.status}/${workflowInfo().runId}`);
    await this.idle();
  }

  /** Whether nothing is still being sent. */
  isIdle(): boolean {
    return this.#starting === 0;
  }

  /** Waits until everything has been sent. */
  async idle(): Promise<void> {
    await CancellationScope.nonCancellable(() => condition(() => this.isIdle()));
  }

  /** @param name of the event, no other of this run has it */
  #tell(event: RunEvent, name: string): void {
    for (const [webhook, { on, retry }] of (this.#board.plan.notify ?? []).entries())
      if (on.includes(event.status)) void this.#start({ webhook, event, retry }, `${name}/${webhook}`);
  }

  async #start(request: NotificationRequest, name: string): Promise<void> {
    const { store } = this.#board;
    this.#starting++;
    try {
      const child = await CancellationScope.nonCancellable(() =>
        startChild(notification, {
          workflowId: `${workflowInfo().workflowId}/notify/${name}`,
          args: [{ ...request, ...(store !== undefined && { store }) }],
          parentClosePolicy: "ABANDON",
        }),
      );
      void this.#count(child.result());
    } catch (error) {
      this.#miss(error);
    } finally {
      this.#starting--;
      this.#board.version++;
    }
  }

  async #count(delivered: Promise<boolean>): Promise<void> {
    try {
      if (!(await delivered)) this.#miss("see pawl status");
    } catch (error) {
      this.#miss(error);
    }
  }

  #miss(error: unknown): void {
    log.warn("a notification was not delivered", { error });
    this.#board.noteUndelivered();
  }
}

function waiting(board: Board): StageState[] {
  return board.with("parked", "waiting");
}
