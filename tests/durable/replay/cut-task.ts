/** A recorded history, as JSON. */
export interface History {
  events: HistoryEvent[];
}
interface HistoryEvent {
  eventId: string;
  eventType: string;
  [attributes: string]: unknown;
}

const taskEvents = ["SCHEDULED", "STARTED", "COMPLETED"].map((what) => `EVENT_TYPE_WORKFLOW_TASK_${what}`);

/**
 * Markers of local activities that are followed by another command of the same workflow task: their
 * places in the history.
 */
export function cuts({ events }: History): number[] {
  return events.flatMap((event, index) => {
    const next = events[index + 1];
    return isLocalActivity(event) && next !== undefined && !next.eventType.startsWith("EVENT_TYPE_WORKFLOW_TASK")
      ? index
      : [];
  });
}

const isLocalActivity = ({ eventType, markerRecordedEventAttributes: marker }: HistoryEvent): boolean =>
  eventType === "EVENT_TYPE_MARKER_RECORDED" && (marker as { markerName: string }).markerName === "core_local_activity";

/**
 * The history as it would be had the workflow task been completed right behind the marker, and the
 * rest with another one.
 */
export function cutTask({ events }: History, marker: number): History {
  const last = Number(events[marker]!.eventId);
  const shifted = renumbered(events, (id) => (id > last ? id + taskEvents.length : id));
  const task = taskEvents.map((type) => shifted.slice(0, marker).findLast(({ eventType }) => eventType === type)!);
  const old = task.map(({ eventId }) => Number(eventId));
  const added = renumbered(task, (id) => (old.includes(id) ? last + 1 + old.indexOf(id) : id));
  const behind = renumbered(shifted.slice(marker + 1), (id) => (id === old[2] ? last + 3 : id));
  return { events: [...shifted.slice(0, marker + 1), ...added, ...behind] };
}

/** Events with other ids, also where they name each other. */
function renumbered(events: HistoryEvent[], change: (id: number) => number): HistoryEvent[] {
  return JSON.parse(JSON.stringify(events), (name, value: unknown) =>
    /eventId$/i.test(name) && typeof value === "string" ? String(change(Number(value))) : value,
  ) as HistoryEvent[];
}
