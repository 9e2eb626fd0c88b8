import { asyncLocalStorage, Context } from "@temporalio/activity";
import type { StageContext } from "../../activities/stage.js";
import type { JsonObject } from "../../platform/json.js";
import type { StageOutcome, StageRequest } from "../../schemas/run.js";
import { ticketFor } from "../../worker/authority/tickets.js";
import { runStage } from "../../worker/attempts/run-stage.js";
import type { StageWorker, StageTable } from "../../worker/attempts/stage-table.js";
import { execution } from "./prepare.js";

export const request = (more: Partial<StageRequest> = {}): StageRequest & { with: JsonObject } => ({
  runId: "run",
  pipeline: "p",
  stage: "a",
  uses: "dataset",
  with: { source: { text: "hello" } },
  seed: 1,
  plan: "0".repeat(64),
  reuse: true,
  attempt: 1,
  checkpoint: { everyMs: 1000, keep: 1 },
  ...more,
});

/** A worker process in which stages of every type do as given. */
export function processWith(
  home: string,
  work: (settings: never, context: StageContext) => Promise<StageOutcome>,
  more: Partial<StageWorker> = {},
): StageWorker {
  const stages = new Proxy({}, { get: () => async () => work }) as unknown as StageTable;
  return {
    home,
    workingDirectory: home,
    gpu: false,
    stages,
    preempted: new AbortController().signal,
    leave: () => {},
    ...more,
  };
}

/** An activity that the SDK cancels. */
export interface Canceled {
  isLocal?: boolean;
  /** Rejects when it is canceled. */
  cancelled?: Promise<never>;
  /** Why; see ActivityCancellationDetails. */
  details?: { timedOut?: true; notFound?: true; cancelRequested?: true };
}

/**
 * One attempt as the activity that the server would have started, with the ticket that it needs.
 */
export function attempt(
  worker: StageWorker,
  asked: StageRequest,
  onHeartbeat: (details: unknown) => void = () => undefined,
  client?: unknown,
  startToCloseTimeoutMs = 86_400_000,
  canceled: Canceled = {},
) {
  const { isLocal = false, cancelled = new Promise<never>(() => undefined), details } = canceled;
  const info = {
    ...{ isLocal, base64TaskToken: "dG9rZW4=", heartbeatTimeoutMs: 30_000, startToCloseTimeoutMs },
    workflowExecution: { workflowId: asked.runId, runId: execution },
  };
  const allowed = { ticket: ticketFor(worker.home, execution, asked), ...asked };
  const context = new (Context as unknown as new (...parts: unknown[]) => Context)(
    info,
    cancelled,
    new AbortController().signal,
    onHeartbeat,
    client,
    undefined,
    undefined,
    { details },
  );
  return asyncLocalStorage.run(context, () => runStage(worker, allowed));
}
