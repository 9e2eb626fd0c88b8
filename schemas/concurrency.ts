/** What happens to a run that begins when its group is full. */
export const limitWords = ["queue", "cancel", "fail"] as const;

/** A plan's concurrency limit: at most `limit` runs of the group are active at the same time. */
export interface ConcurrencyPlan {
  group: string;
  limit: number;
  onLimit: (typeof limitWords)[number];
}

/** A run in a group. */
export interface GroupMember extends Omit<ConcurrencyPlan, "group"> {
  runId: string;
  /**
   * The run's first execution. A resumed run has the same id but another execution, so it is
   * another member.
   */
  execution: string;
  /** When that execution began, epoch ms. Runs wait in this order. */
  startedAtMs: number;
}

/** A run's request for a place in its group. */
export interface JoinRequest {
  group: string;
  member: GroupMember;
}

/** What a group tells a run. */
export interface GroupAnswer {
  /**
   * waiting: the run gets a place when the runs before it have ended. refused: the run must fail.
   */
  place: "granted" | "waiting" | "refused";
  /** Ids of the runs before it, oldest first. Truncated for long queues. */
  behind: string[];
}

/** A group's state, carried over by continue-as-new. */
export interface GroupState {
  group: string;
  /** Runs with a place, oldest first. */
  holders: GroupMember[];
  /** Runs that wait for a place, oldest first. */
  waiting: GroupMember[];
}

/** The type and the id of the workflow of a group. */
export const groupType = "concurrency";
export const groupId = (group: string): string => `${groupType}/${group}`;

/** The signals that a group receives, and the one that a run receives. */
export const groupSignals = { join: "join", leave: "leave", answer: "place" } as const;
