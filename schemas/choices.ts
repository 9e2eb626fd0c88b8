import type { ErrorCode } from "../platform/errors.js";
import type { ArtifactRef } from "./artifact.js";

/** A person's choice between two responses. */
export const choiceWords = ["first", "second", "tie", "bothBad"] as const;
export type Choice = (typeof choiceWords)[number];
/** Choices by the item's number, from 1. */
export type Choices = Readonly<Record<number, Choice>>;

/** The choices that a stage requests of people before it resumes; small, for history. */
export interface ChoiceRequest {
  /** The pairs of responses that people see, an artifact of the store; items are numbered from 1. */
  pairs: ArtifactRef<"pairs">;
  items: number;
  /** The stage resumes once this many items have a choice. */
  target: number;
  /** It resumes after this time, with the choices made so far. */
  deadlineMs?: number;
}

/** A request, open or closed, and what people have chosen so far. */
export interface ChoiceRequestState extends ChoiceRequest {
  choices: Choices;
  /** When the request closes on its own. */
  closesAtMs?: number;
  /** What closed it; the stage then resumes. */
  closed?: "target" | "deadline" | "close";
  /** These choices gave no usable preference, and no choice has been made since: they do not close the request. */
  insufficient?: true;
}

/** What people chose, as the stage that requested it receives it. */
export interface GivenChoices {
  pairs: ArtifactRef<"pairs">;
  choices: Choices;
}

/** Names of the updates on the workflow. */
export const choiceUpdates = { choose: "choose", withdraw: "withdraw", close: "close" } as const;

/** Arguments of the updates: `choose` needs all, `withdraw` stage and item, `close` the stage. */
export interface ChoiceUpdate {
  stage: string;
  item?: number;
  choice?: Choice;
}

/** What each of the updates returns. */
export interface ChoiceProgress {
  stage: string;
  /** Items that have a choice. */
  chosen: number;
  target: number;
  closed: boolean;
}

/** Items that have a choice. */
export function chosenOf({ choices }: Pick<ChoiceRequestState, "choices">): number {
  return Object.keys(choices).length;
}

/**
 * Reopens a request: keeps the choices, and drops what closed it.
 * @param code the code of the stage's failure; DATA_EMPTY means that the choices it resumed with are insufficient
 */
export function reopened(
  { closed, closesAtMs: _closesAtMs, insufficient, ...choiceRequest }: ChoiceRequestState,
  code: ErrorCode | undefined,
): ChoiceRequestState {
  const isInsufficient = closed === undefined ? insufficient : code === "DATA_EMPTY";
  return isInsufficient ? { ...choiceRequest, insufficient: true } : choiceRequest;
}
