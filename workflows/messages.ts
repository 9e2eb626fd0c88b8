import { isObject } from "../platform/json.js";
import { limitWords, type GroupAnswer, type GroupMember, type GroupState } from "../schemas/concurrency.js";
import { durationMs, maxDuration } from "../schemas/duration.js";
import { notifyEvents, type NotificationRequest } from "../schemas/notifications.js";
import type { ChildAsks, ChildNews, ParentPause } from "../schemas/run.js";

/**
 * Forms of what signals bring, and of what helping workflows are started with. Anyone who can reach
 * the server can send them, and an error in a handler would fail the workflow task again and again.
 * So malformed signals are ignored, and malformed starts are refused.
 */
type Check = (value: unknown) => boolean;

/** Longest id of a workflow, bytes: the server refuses commands that name a longer one. */
const maxIdLength = 1000;
/** Half a surrogate pair, which no command can carry. */
const odd = /\p{Surrogate}/u;

const isId: Check = (value) =>
  typeof value === "string" &&
  value !== "" &&
  value.length <= maxIdLength &&
  new TextEncoder().encode(value).length <= maxIdLength &&
  !odd.test(value);
/** Epoch ms that a date can show. */
const isTime: Check = (value) => typeof value === "number" && value >= 0 && value <= 8.64e15;
const enumeration =
  (words: readonly string[]): Check =>
  (value) =>
    words.some((word) => word === value);
const arrayWith =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const has = (value: unknown, checks: Record<string, Check>): boolean =>
  isObject(value) && Object.entries(checks).every(([name, check]) => Object.hasOwn(value, name) && check(value[name]));

const memberId = { runId: isId, execution: isId };

/** What a run sends to its group when it ends. */
export const isMemberId = (value: unknown): value is Pick<GroupMember, "runId" | "execution"> => has(value, memberId);

/** What a run sends to its group when it asks for a place. */
export const isMember = (value: unknown): value is GroupMember =>
  has(value, {
    ...memberId,
    startedAtMs: isTime,
    limit: (limit) => Number.isSafeInteger(limit) && (limit as number) >= 1,
    onLimit: enumeration(limitWords),
  });

/** What the workflow of a group is started with. */
export const isGroupState = (value: unknown): value is GroupState =>
  has(value, { group: isId, holders: arrayWith(isMember), waiting: arrayWith(isMember) });

/** What the workflow of a notification is started with. */
export const isNotification = (value: unknown): value is NotificationRequest =>
  has(value, {
    webhook: (webhook) => Number.isSafeInteger(webhook) && (webhook as number) >= 0,
    event: (event) => has(event, { status: enumeration(notifyEvents) }),
    retry: (retry) => has(retry, { maxAttempts: isWait, intervalMs: isWait, factor: isWait, maxIntervalMs: isWait }),
  });
/** A number from which a wait is computed. */
const isWait: Check = (value) => typeof value === "number" && value >= 0 && value <= durationMs(maxDuration);

/** What a group tells a run. */
export const isGroupAnswer = (value: unknown): value is GroupAnswer =>
  has(value, { place: enumeration(["granted", "waiting", "refused"]), behind: arrayWith(isId) }) &&
  (value as GroupAnswer).behind.length <= maxBehind;
const maxBehind = 10;

/** What a parent tells the run of its child. */
export const isPause = (value: unknown): value is ParentPause => has(value, { sinceMs: isTime, by: isId });

/** What the run of a child tells its parent. */
export function isNews(value: unknown): value is ChildNews {
  if (!has(value, { stage: isId, execution: isId })) return false;
  const { asks } = value as { asks?: unknown };
  return asks === undefined || isAsks(asks);
}

const verbs: readonly ChildAsks["verb"][] = ["retry", "approve", "choose"];
const isAsks = (value: unknown): value is ChildAsks =>
  has(value, { status: enumeration(["parked", "waiting"]), run: isId, stage: isId, verb: enumeration(verbs) });
