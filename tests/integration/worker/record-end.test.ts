import { DefaultLogger, Runtime, Worker } from "@temporalio/worker";
import { readFileSync } from "node:fs";
import path from "node:path";
import { workflowBundle } from "../../../worker/bundle.js";

const histories = path.join(import.meta.dirname, "../../durable/replay/histories");

interface Payload {
  data?: string;
}
interface Marker {
  details: Record<string, { payloads: Payload[] }>;
  failure?: object;
}
interface Event {
  eventId: string;
  eventTime: string;
  taskId: string;
  markerRecordedEventAttributes?: Marker;
}

/**
 * A recorded run, in which the last local activity, which writes the run's record, failed instead
 * of returning.
 */
function withoutRecord(name: string): { events: Event[] } {
  const history = JSON.parse(readFileSync(path.join(histories, `${name}.json`), "utf8")) as { events: Event[] };
  const markers = history.events.flatMap(({ markerRecordedEventAttributes: marker }) => marker ?? []);
  const last = markers.at(-1)!;
  const { activity_type } = JSON.parse(
    Buffer.from(last.details["data"]!.payloads[0]!.data!, "base64").toString("utf8"),
  ) as { activity_type: string };
  expect(activity_type).toBe("recordEnd");
  delete last.details["result"];
  last.failure = {
    message: "no space left on device",
    source: "TypeScriptSDK",
    applicationFailureInfo: { type: "DISK_FULL", nonRetryable: true },
  };
  return history;
}

beforeAll(() => {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
});

// A replay compares the command that ends the run with the recorded one: completed, failed or
// canceled.
test.each(["succeeded", "failed", "cancelled"])(
  "a run whose record cannot be written ends as it would have ended: %s",
  async (name) => {
    const { codePath } = await workflowBundle();
    await Worker.runReplayHistory({ workflowBundle: { codePath } }, withoutRecord(name), name);
  },
);

test("a history that ended otherwise is refused", async () => {
  const { codePath } = await workflowBundle();
  const history = withoutRecord("succeeded");
  const { eventId, eventTime, taskId } = history.events.pop()!;
  const failed = {
    eventId,
    eventTime,
    taskId,
    eventType: "EVENT_TYPE_WORKFLOW_EXECUTION_FAILED",
    workflowExecutionFailedEventAttributes: {
      failure: { message: "no space left on device", applicationFailureInfo: { type: "DISK_FULL" } },
      workflowTaskCompletedEventId: "26",
    },
  };
  history.events.push(failed);
  await expect(Worker.runReplayHistory({ workflowBundle: { codePath } }, history, "succeeded")).rejects.toMatchObject({
    name: "DeterminismViolationError",
  });
});
