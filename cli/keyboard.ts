/** Ctrl-C, as a key. */
export const interruptKey = "\u0003";

/**
 * Waits for one key, returned in lower case. Ctrl-C counts as a key.
 * @param withdrawn aborted when the key is no longer needed: the result is then an empty string
 */
export function readKey(withdrawn?: AbortSignal): Promise<string> {
  const { stdin } = process;
  return new Promise((resolve) => {
    const end = (bytes?: Buffer): void => {
      stdin.off("data", end);
      stdin.setRawMode(false);
      stdin.pause();
      resolve((bytes?.toString() ?? "").slice(0, 1).toLowerCase());
    };
    stdin.setRawMode(true);
    stdin.resume();
    stdin.once("data", end);
    withdrawn?.addEventListener("abort", () => end(), { once: true });
  });
}
