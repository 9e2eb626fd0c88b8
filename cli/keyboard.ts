/** Ctrl-C, as a key. */
export const interruptKey = "\u0003";

/** One key from the keyboard, in lower case; Ctrl-C is a key, too. */
export function readKey(): Promise<string> {
  const { stdin } = process;
  return new Promise((resolve) => {
    stdin.setRawMode(true);
    stdin.resume();
    stdin.once("data", (bytes) => {
      stdin.setRawMode(false);
      stdin.pause();
      resolve(bytes.toString().slice(0, 1).toLowerCase());
    });
  });
}
