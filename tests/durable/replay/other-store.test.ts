import { readFileSync } from "node:fs";
import path from "node:path";
import { useReplayer } from "./replayer.js";

/**
 * The history of a run whose stages a and b are independent; its tail is replaced by what a worker
 * of another store leaves.
 */
const recorded = path.join(import.meta.dirname, "histories", "succeeded.json");

type Event = Record<string, unknown>;
const events = (): Event[] => (JSON.parse(readFileSync(recorded, "utf8")) as { events: Event[] }).events;
const marker = (event: Event): Event => event["markerRecordedEventAttributes"] as Event;
const time = "2026-11-27T02:26:34.781928994Z";

const payload = (value: unknown) => ({
  metadata: { encoding: Buffer.from("json/plain").toString("base64") },
  data: Buffer.from(JSON.stringify(value)).toString("base64"),
});
/**
 * A local activity that was refused, in the place of a recorded one.
 * @param seq its number in the workflow
 */
function refused(seq: number, activityType: string, completed: string): Event {
  const at = { seconds: 1795746394, nanos: 0 };
  const call = { seq, attempt: 1, activity_id: String(seq), activity_type: activityType, backoff: null };
  const failure = { code: "OTHER_STORE", class: "configuration", message: "another store", facts: {} };
  const attributes: Event = {
    markerName: "core_local_activity",
    details: { data: { payloads: [payload({ ...call, complete_time: at, original_schedule_time: at })] } },
    workflowTaskCompletedEventId: completed,
    failure: {
      message: "another store",
      source: "TypeScriptSDK",
      applicationFailureInfo: {
        ...{ type: "OTHER_STORE", nonRetryable: true },
        details: { payloads: [payload(failure), payload(null)] },
      },
    },
  };
  return { eventType: "EVENT_TYPE_MARKER_RECORDED", markerRecordedEventAttributes: attributes };
}

/** A timer, and the workflow task in which it has fired. */
function offered(history: Event[], timer: number, waitMs: number, completed: string): void {
  const timerId = String(timer);
  history.push({
    eventType: "EVENT_TYPE_TIMER_STARTED",
    timerStartedEventAttributes: {
      ...{ timerId, startToFireTimeout: `${waitMs / 1000}s`, workflowTaskCompletedEventId: completed },
    },
  });
  fires(history, timerId);
}

function fires(history: Event[], timerId: string): void {
  const startedEventId = String(history.length);
  history.push({ eventType: "EVENT_TYPE_TIMER_FIRED", timerFiredEventAttributes: { timerId, startedEventId } });
  const scheduled = String(history.length + 1);
  const begun = String(history.length + 2);
  const task = { identity: "w", requestId: "r" };
  history.push(
    {
      eventType: "EVENT_TYPE_WORKFLOW_TASK_SCHEDULED",
      workflowTaskScheduledEventAttributes: { taskQueue: { name: "pawl" }, startToCloseTimeout: "10s", attempt: 1 },
    },
    {
      eventType: "EVENT_TYPE_WORKFLOW_TASK_STARTED",
      workflowTaskStartedEventAttributes: { scheduledEventId: scheduled, ...task },
    },
    {
      eventType: "EVENT_TYPE_WORKFLOW_TASK_COMPLETED",
      workflowTaskCompletedEventAttributes: { scheduledEventId: scheduled, startedEventId: begun, identity: "w" },
    },
  );
}

const replayer = useReplayer();

const replay = (history: Event[]): Promise<void> =>
  replayer.replay("succeeded", {
    events: history.map((event, i) => ({ eventTime: time, ...event, eventId: String(i + 1) })),
  });

const waitsMs = [1000, 1000, 2000, 2000, 4000, 4000, ...Array<number>(14).fill(8000)];

/** The recorded run, whose end was refused so often. */
function endRefused(times: number): { history: Event[]; completed: string } {
  const history = events().slice(0, 27);
  let completed = String(marker(history.at(-1)!)["workflowTaskCompletedEventId"]);
  for (let i = 0; i < times; i++) {
    history.push(refused(9 + i, "recordEnd", completed));
    if (waitsMs[i] === undefined) break;
    offered(history, i + 1, waitsMs[i]!, completed);
    completed = String(history.length);
  }
  return { history, completed };
}

test("a run whose end only workers of another store have been asked to record does not end", async () => {
  const end = events().at(-1)!;
  const ended = (completed: string): Event => {
    const attributes = end["workflowExecutionCompletedEventAttributes"] as Event;
    const after = { ...attributes, workflowTaskCompletedEventId: completed };
    return { ...end, workflowExecutionCompletedEventAttributes: after };
  };
  const often = endRefused(21);
  await expect(replay([...often.history, ended(often.completed)])).rejects.toThrow();
  // It offers its end again until one of its own store records it.
  const once = endRefused(1);
  const written = structuredClone(events()[27]!);
  const details = marker(written)["details"] as { data: { payloads: { data: string }[] } };
  const [call] = details.data.payloads;
  const said = JSON.parse(Buffer.from(call!.data, "base64").toString()) as Event;
  call!.data = payload({ ...said, seq: 10, activity_id: "10" }).data;
  marker(written)["workflowTaskCompletedEventId"] = once.completed;
  await replay([...once.history, written, ended(once.completed)]);
});

test("an outcome and a refusal of one task are replayed in the order in which they came", async () => {
  const history = events().slice(0, 6);
  const completed = String(marker(history.at(-1)!)["workflowTaskCompletedEventId"]);
  history.push(events()[7]!, refused(3, "prepare", completed));
  offered(history, 1, 1000, completed);
  await replay(history);
});
