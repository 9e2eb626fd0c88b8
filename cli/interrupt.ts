import { interruptKey, readKey } from "./keyboard.js";
import type { Terminal } from "./terminal.js";

export interface InterruptActs {
  /** Stops drawing before the question, and goes on afterwards. */
  pause(): void;
  goOn(): void;
  cancel(): Promise<void>;
  /** Leaves; the run goes on. */
  detach(): void;
}

/**
 * Ctrl-C while a run is watched: a person is asked whether to detach or to cancel; a second Ctrl-C detaches, and so
 * does any SIGINT without a terminal. Returns how to stop listening.
 */
export function listenForInterrupt(terminal: Terminal, acts: InterruptActs): () => void {
  let cancelled = false;
  const onInterrupt = (): void => {
    if (!terminal.interactive || cancelled) return acts.detach();
    acts.pause();
    terminal.note("\nDetach (the run goes on) or cancel it?  [d]etach  [c]ancel  any other key: keep watching");
    void readKey().then(async (key) => {
      if (key === "d" || key === interruptKey) return acts.detach();
      if (key === "c") {
        cancelled = true;
        terminal.note("cancelling: running stages save a checkpoint first (Ctrl-C again: detach)");
        await acts.cancel();
      }
      acts.goOn();
    });
  };
  process.on("SIGINT", onInterrupt);
  return () => void process.off("SIGINT", onInterrupt);
}
