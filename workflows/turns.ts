import { CancellationScope, condition } from "@temporalio/workflow";
import type { Board } from "./board.js";

/**
 * Hands the outcome of a local activity on when its turn has come: outcomes are handed on one at a time, in the order in which
 * they came, each once the interpreter has dealt with the one before. A replay finds several outcomes together that had come
 * one after the other, and has to take the same decisions in the same order.
 */
export function inTurn<T>(board: Board, work: Promise<T>): Promise<T> {
  const turn = async (): Promise<void> => {
    const number = ++board.turns.come;
    const isNext = (): boolean => board.turns.taken === number - 1 && board.isAtRest();
    await CancellationScope.nonCancellable(() => condition(isNext));
    board.turns.taken = number;
  };
  return work.then(
    async (outcome) => {
      await turn();
      return outcome;
    },
    async (error: unknown) => {
      await turn();
      throw error;
    },
  );
}
