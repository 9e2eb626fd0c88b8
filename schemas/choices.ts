import type { ErrorCode } from "../platform/errors.js";
import type { ArtifactRef } from "./artifact.js";

/** A person's choice between two responses. */
export const choiceWords = ["first", "second", "tie", "bothBad"] as const;
export type Choice = (typeof choiceWords)[number];
/** Maximum number of items of a request: pages list them. */
export const maxChoiceItems = 1_000_000;
/** Choices by the item's number, from 1. */
export type Choices = Readonly<Record<number, Choice>>;

/** What one person chose at one item. */
export interface Vote {
  choice: Choice;
  note?: string;
}
/** What each person chose: by the person's name, then by the item's number. */
export type Votes = Readonly<Record<string, Readonly<Record<number, Vote>>>>;
/** Stands for everyone who gave no name. */
export const unnamed = "";

/** A stage's request for people's choices. Kept small because it is part of the history. */
export interface ChoiceRequest {
  /**
   * The pairs of responses that people see, an artifact of the store; items are numbered from 1.
   */
  pairs: ArtifactRef<"pairs">;
  items: number;
  /** The stage resumes once this many items have a choice. */
  target: number;
  /**
   * Number of people who must choose at an item before it counts toward the target. Default: one.
   */
  people?: number;
  /** The stage resumes after this time with the choices made so far. */
  deadlineMs?: number;
}

/** An open or closed request with the choices made so far. */
export interface ChoiceRequestState extends ChoiceRequest {
  /** The choice that counts at each item: see `countedChoice`. */
  choices: Choices;
  /** Absent until somebody gives a name. Until then, `choices` come from one unnamed person. */
  votes?: Votes;
  /** When the request closes on its own. */
  closesAtMs?: number;
  /** What closed the request. The stage then resumes. */
  closed?: "target" | "deadline" | "close";
  /**
   * These choices gave no usable preference, and no choice has been made since: they do not close
   * the request.
   */
  insufficient?: true;
}

/** People's choices, as passed to the stage that requested them. */
export interface GivenChoices {
  pairs: ArtifactRef<"pairs">;
  choices: Choices;
  votes?: Votes;
}

/** Names of the updates on the workflow. */
export const choiceUpdates = { choose: "choose", withdraw: "withdraw", close: "close" } as const;

/**
 * Arguments of the updates: `choose` needs stage, item and choice, `withdraw` stage and item,
 * `close` the stage.
 */
export interface ChoiceUpdate {
  stage: string;
  item?: number;
  choice?: Choice;
  /** Name of the person; absent: `unnamed`. */
  by?: string;
  /** The reason, in the person's words. */
  note?: string;
  /**
   * The person's choice at this item as the sender knows it, null if there is none: if it has
   * changed, it is refused.
   */
  before?: Choice | null;
  /**
   * Digest of the pairs that the sender shows: if the request is for other pairs, it is refused.
   */
  pairs?: string;
}

/** What each of the updates returns. */
export interface ChoiceProgress {
  stage: string;
  /** Items that have a choice. */
  chosen: number;
  target: number;
  closed: boolean;
}

type Chosen = Pick<ChoiceRequestState, "choices" | "votes" | "people">;

/** Returns the choices of each person. Choices without names belong to one unnamed person. */
export function votesByPerson({ choices, votes }: Pick<Chosen, "choices" | "votes">): Votes {
  if (votes !== undefined) return votes;
  const own = Object.fromEntries(Object.entries(choices).map(([item, choice]) => [item, { choice }]));
  return Object.keys(own).length === 0 ? {} : { [unnamed]: own };
}

/** What one person chose at an item. */
export function findVote(chosen: Pick<Chosen, "choices" | "votes">, by: string, item: number): Vote | undefined {
  const votes = votesByPerson(chosen);
  return Object.hasOwn(votes, by) ? votes[by]![item] : undefined;
}

/** Counts the items at which enough people have chosen. */
export function countChosen({ choices, votes, people = 1 }: Chosen): number {
  if (people <= 1 || Object.keys(choices).length === 0) return Object.keys(choices).length;
  return [...choicesByItem(votesByPerson({ choices, ...(votes && { votes }) })).values()].filter(
    ({ length }) => length >= people,
  ).length;
}

/** The choices of all people at each item, in the order of the items. */
export function choicesByItem(votes: Votes): Map<number, Choice[]> {
  const byItem = new Map<number, Choice[]>();
  for (const own of Object.values(votes))
    for (const [item, { choice }] of Object.entries(own))
      byItem.set(Number(item), [...(byItem.get(Number(item)) ?? []), choice]);
  return new Map([...byItem].sort(([one], [other]) => one - other));
}

/**
 * The choice that counts at an item: the one that more people made than any other. If there is no
 * such choice, people do not agree on a preference, and the item counts as a tie.
 * @param choices of all people at the item, in any order; at least one
 */
export function countedChoice(choices: readonly Choice[]): Choice {
  const counts = choiceWords.map((word) => choices.filter((choice) => choice === word).length);
  const most = Math.max(...counts);
  return counts.indexOf(most) === counts.lastIndexOf(most) ? choiceWords[counts.indexOf(most)]! : "tie";
}

/**
 * Replaces a request's choices and recounts them.
 * @param votes people without a choice are left out
 */
export function withVotes<R extends Chosen>(request: R, votes: Votes): R {
  const { votes: _votes, ...rest } = request;
  const kept = Object.fromEntries(Object.entries(votes).filter(([, own]) => Object.keys(own).length > 0));
  const counted = [...choicesByItem(kept)].map(([item, choices]) => [item, countedChoice(choices)] as const);
  const isNamed = Object.keys(kept).some((name) => name !== unnamed);
  return { ...rest, choices: Object.fromEntries(counted), ...(isNamed && { votes: kept }) } as unknown as R;
}

/**
 * Reopens a request: keeps the choices, and drops what closed it.
 * @param code the code of the stage's failure; DATA_EMPTY means that the choices it resumed with
 *   are insufficient
 */
export function reopened(
  { closed, closesAtMs: _closesAtMs, insufficient, ...choiceRequest }: ChoiceRequestState,
  code: ErrorCode | undefined,
): ChoiceRequestState {
  const isInsufficient = closed === undefined ? insufficient : code === "DATA_EMPTY";
  return isInsufficient ? { ...choiceRequest, insufficient: true } : choiceRequest;
}
