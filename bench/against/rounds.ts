import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Turn } from "./turn.js";

export type SideName = "ours" | "theirs";
export const sideNames: readonly SideName[] = ["ours", "theirs"];

/** A turn of each side, one right after the other. */
export type Round = Record<SideName, Turn>;

/**
 * Who goes first: A B, B A, A B, …, so that a drift of the machine's speed affects both sides
 * alike.
 */
export function roundOrder(round: number): readonly SideName[] {
  return round % 2 === 0 ? sideNames : [...sideNames].reverse();
}

/**
 * Seconds that the turns ahead take, if they are as long as the side's turns so far; undefined
 * before the first.
 */
export function secondsLeft(
  ahead: readonly SideName[],
  past: readonly { side: SideName; seconds: number }[],
): number | undefined {
  if (past.length === 0) return undefined;
  const mean = (turns: readonly { seconds: number }[]) =>
    turns.reduce((sum, turn) => sum + turn.seconds, 0) / turns.length;
  const expected = (side: SideName): number => {
    const own = past.filter((turn) => turn.side === side);
    return mean(own.length > 0 ? own : past);
  };
  return ahead.reduce((sum, side) => sum + expected(side), 0);
}

/** The rounds that are done, in a file, so that a measurement that was interrupted resumes. */
export class KeptRounds {
  readonly rounds: Round[];

  /** @param again discards what the file holds */
  constructor(
    readonly file: string,
    again: boolean,
  ) {
    this.rounds = !again && existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Round[]) : [];
  }

  add(round: Round): void {
    this.rounds.push(round);
    mkdirSync(path.dirname(this.file), { recursive: true });
    writeFileSync(`${this.file}.part`, JSON.stringify(this.rounds));
    renameSync(`${this.file}.part`, this.file);
  }
}
