import { interruptKey, readKey } from "./keyboard.js";
import type { Terminal } from "./terminal.js";

export interface InterruptActs {
  /** Stops drawing before the question, and continues afterwards. */
  pause(): void;
  goOn(): void;
  cancel(): Promise<void>;
  /** Leaves; the run continues. */
  detach(): void;
}

const question = (runId: string): string => `
Detach (the run continues) or cancel it?
  d  detach, so does Ctrl-C again: pawl watch ${runId} follows it
  c  cancel, stages save a checkpoint: pawl resume ${runId} continues
  any other key: keep watching`;

/**
 * Handles Ctrl-C while a run is watched: asks the person whether to detach or to cancel. A second
 * Ctrl-C detaches, and so does any SIGINT without a terminal. Returns a function that stops
 * listening and withdraws an open question.
 */
export function listenForInterrupt(runId: string, terminal: Terminal, acts: InterruptActs, ask = readKey): () => void {
  const ended = new AbortController();
  let state: "watching" | "asking" | "cancelling" = "watching";
  const onInterrupt = (): void => {
    if (!terminal.interactive || state !== "watching") return acts.detach();
    state = "asking";
    acts.pause();
    terminal.note(question(runId));
    void ask(ended.signal).then(answered);
  };
  const answered = async (key: string): Promise<void> => {
    if (key === "d" || key === interruptKey) return acts.detach();
    state = key === "c" ? "cancelling" : "watching";
    if (state === "cancelling") await cancel();
    acts.goOn();
  };
  const cancel = async (): Promise<void> => {
    terminal.note("canceling: running stages save a checkpoint first (press Ctrl-C again to detach)");
    try {
      await acts.cancel();
    } catch (error) {
      state = "watching";
      terminal.note(`the run could not be canceled: ${(error as Error).message}`);
    }
  };
  process.on("SIGINT", onInterrupt);
  return () => {
    process.off("SIGINT", onInterrupt);
    ended.abort();
  };
}
