import { CancellationScope, condition } from "@temporalio/workflow";
import type { Board } from "./board.js";
import { isOtherStore, nextOffer } from "./own-store.js";

/**
 * Hands the outcome of a local activity on when its turn has come: outcomes are handed on one at a
 * time, in the order in which they came, each once the interpreter has dealt with the one before. A
 * replay finds several outcomes together that had come one after the other, and has to take the
 * same decisions in the same order. Work that a worker of another store gives back is done again;
 * see `atOwnStore`.
 */
export function inOutcomeOrder<T>(board: Board, work: () => Promise<T>, offers = 0): Promise<T> {
  const turn = async (): Promise<void> => {
    const number = ++board.outcomeOrder.come;
    const isNext = (): boolean => board.outcomeOrder.taken === number - 1 && board.isAtRest();
    await CancellationScope.nonCancellable(() => condition(isNext));
    board.outcomeOrder.taken = number;
  };
  // No promise between the activity's and this one: replays would find the outcomes in another
  // order.
  return work().then(
    async (outcome) => {
      await turn();
      return outcome;
    },
    async (error: unknown) => {
      await turn();
      if (!isOtherStore(error)) throw error;
      await nextOffer(error, offers);
      return inOutcomeOrder(board, work, offers + 1);
    },
  );
}
