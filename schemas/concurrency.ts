/** What happens to a run that begins when its group is full. */
export const limitWords = ["queue", "cancel", "fail"] as const;

/** Of a plan: at most `limit` runs of the group are under way at the same time. */
export interface ConcurrencyPlan {
  group: string;
  limit: number;
  onLimit: (typeof limitWords)[number];
}

/** A run in a group. */
export interface GroupMember extends Omit<ConcurrencyPlan, "group"> {
  runId: string;
  /** The run's first execution: another one of the same id, which resumes it, is another member. */
  execution: string;
  /** When that began, epoch ms: those who wait do so in this order. */
  startedAtMs: number;
}

/** A run's request for a place in its group. */
export interface JoinRequest {
  group: string;
  member: GroupMember;
}

/** What a group tells a run. */
export interface GroupAnswer {
  /** waiting: it gets a place when those before it have ended. refused: it must fail. */
  place: "granted" | "waiting" | "refused";
  /** Ids of the runs before it, the oldest first; not all of a long queue. */
  behind: string[];
}

/** The state of a group, which it carries over when it continues as new. */
export interface GroupState {
  group: string;
  /** Runs with a place, the oldest first. */
  holders: GroupMember[];
  /** Runs that wait for one, the oldest first. */
  waiting: GroupMember[];
}

/** The type and the id of the workflow of a group. */
export const groupType = "concurrency";
export const groupId = (group: string): string => `${groupType}/${group}`;

/** The signals that a group receives, and the one that a run receives. */
export const groupSignals = { join: "join", leave: "leave", answer: "place" } as const;
