import { defaultPayloadConverter } from "@temporalio/common";
import { randomUUID } from "node:crypto";
import type { Fleet } from "./fleet.js";

/** Numbers of Temporal's commands and event types, as its API defines them. */
const commands = { schedule: 1, complete: 4, marker: 9, continueAsNew: 10 } as const;
const activityEnds = [12, 13, 14];

type Service = Fleet["client"]["workflowService"];
type Command = NonNullable<Parameters<Service["respondWorkflowTaskCompleted"]>[0]["commands"]>[number];
type Markers = NonNullable<Command["recordMarkerCommandAttributes"]>;

const payloads = (...values: unknown[]) => ({ payloads: values.map((one) => defaultPayloadConverter.toPayload(one)) });

/**
 * Somebody who reaches the server, and has neither PAWL_HOME nor its key: speaks Temporal's own
 * protocol.
 */
export class Intruder {
  readonly #fleet: Fleet;
  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  get #service(): Service {
    return this.#fleet.client.workflowService;
  }

  get #namespace(): string {
    return this.#fleet.server.namespace;
  }

  /** The markers that a run's first task has recorded for a local activity. */
  async marker(workflowId: string, activity: string): Promise<Markers> {
    const { events } = await this.#fleet.find(workflowId).fetchHistory();
    for (const { markerRecordedEventAttributes: found } of events ?? []) {
      const data = JSON.stringify(
        Object.values(found?.details ?? {}).map(({ payloads: all }) =>
          (all ?? []).map(({ data: bytes }) => Buffer.from(bytes ?? []).toString()),
        ),
      );
      if (found?.markerName === "core_local_activity" && data.includes(activity))
        return { markerName: found.markerName, details: found.details ?? {} };
    }
    throw new Error(`no marker of ${activity}`);
  }

  /**
   * Has a worker of the store run an activity, from a workflow of the intruder's own with a run's
   * id.
   * @returns the error's type and message, or the kind of the timeout, or "completed"
   */
  async scheduleActivity(workflowId: string, activity: string, taskQueue: string, input: unknown): Promise<string> {
    const queue = `intruder-${randomUUID()}`;
    await this.#fleet.client.workflow.start("intruder", { workflowId, taskQueue: queue, args: [] });
    await this.#answer(queue, [
      {
        commandType: commands.schedule,
        scheduleActivityTaskCommandAttributes: {
          activityId: "a/1",
          activityType: { name: activity },
          taskQueue: { name: taskQueue },
          input: payloads(input),
          startToCloseTimeout: { seconds: 600 as never },
          heartbeatTimeout: { seconds: 600 as never },
          scheduleToStartTimeout: { seconds: 20 as never },
          retryPolicy: { maximumAttempts: 1 },
        },
      },
    ]);
    const history = await this.#answer(queue, [
      { commandType: commands.complete, completeWorkflowExecutionCommandAttributes: {} },
    ]);
    const end = history.find(({ eventType }) => activityEnds.includes(Number(eventType)));
    if (end?.activityTaskCompletedEventAttributes) return "completed";
    const failure =
      end?.activityTaskFailedEventAttributes?.failure ?? end?.activityTaskTimedOutEventAttributes?.failure;
    const info = failure?.applicationFailureInfo;
    return info ? `${info.type}: ${failure?.message}` : `timeout ${failure?.timeoutFailureInfo?.timeoutType}`;
  }

  /**
   * Takes the first task of a run for itself, and lets it record what a local activity never
   * returned; the run's own workers continue from there.
   */
  async forgeFirstTask(taskQueue: string, marker: Markers, result: unknown): Promise<void> {
    const details = { ...marker.details, result: payloads(result) };
    await this.#answer(
      taskQueue,
      [{ commandType: commands.marker, recordMarkerCommandAttributes: { ...marker, details } }],
      true,
    );
  }

  /** The same, and the run continues as new with another input. */
  async forgeContinuation(taskQueue: string, type: string, input: unknown): Promise<void> {
    await this.#answer(taskQueue, [
      {
        commandType: commands.continueAsNew,
        continueAsNewWorkflowExecutionCommandAttributes: {
          workflowType: { name: type },
          taskQueue: { name: taskQueue },
          input: payloads(input),
          initiator: 1,
        },
      },
    ]);
  }

  /** Takes the next workflow task of a queue, and answers it. @returns the history with it */
  async #answer(taskQueue: string, answer: Command[], forceCreateNewWorkflowTask = false) {
    const namespace = this.#namespace;
    for (;;) {
      const asked = { namespace, taskQueue: { name: taskQueue }, identity: "intruder" };
      const { taskToken, history } = await this.#fleet.client.withDeadline(Date.now() + 70_000, () =>
        this.#service.pollWorkflowTaskQueue(asked),
      );
      if (taskToken === undefined || taskToken === null || taskToken.length === 0) continue;
      const done = { namespace, taskToken, identity: "intruder", forceCreateNewWorkflowTask };
      await this.#service.respondWorkflowTaskCompleted({ ...done, commands: answer });
      return history?.events ?? [];
    }
  }
}
