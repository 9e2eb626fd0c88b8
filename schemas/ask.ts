import type { ArtifactRef } from "./artifact.js";

/** What a person may say of two responses. */
export const choiceWords = ["first", "second", "tie", "bothBad"] as const;
export type Choice = (typeof choiceWords)[number];
/** Choices by the item's number, from 1. */
export type Choices = Readonly<Record<number, Choice>>;

/** What a stage asks people before it goes on; small, for history. */
export interface Ask {
  /** What they are shown: the store's pairs, numbered from 1. */
  pairs: ArtifactRef<"pairs">;
  items: number;
  /** The stage goes on once so many items have a choice. */
  target: number;
  /** It goes on after this time, with the choices that there are. */
  deadlineMs?: number;
}

/** A question put to people, and what they have chosen so far. */
export interface Asking extends Ask {
  choices: Choices;
  /** When it closes by itself. */
  closesAtMs?: number;
  /** What closed it; the stage goes on then. */
  closed?: "target" | "deadline" | "close";
}

/** What people chose, as the stage that asked is given it. */
export interface Answers {
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

/** What each of the updates answers. */
export interface AskProgress {
  stage: string;
  /** Items that have a choice. */
  chosen: number;
  target: number;
  closed: boolean;
}

/** Items that have a choice. */
export function chosenOf({ choices }: Pick<Asking, "choices">): number {
  return Object.keys(choices).length;
}

/** A question to be put again: the choices stay, what closed it goes. */
export function reopened({ closed: _closed, closesAtMs: _closesAtMs, ...asking }: Asking): Asking {
  return asking;
}
