import type { Example } from "./sequences.js";

/**
 * Windows over a document in which every token, and the end-of-text token after the last, is
 * predicted exactly once. The first token is predicted from the end-of-text token. In a document
 * longer than the context, each further window repeats half a context of tokens that no longer
 * count, so that a prediction sees at least that much of what came before.
 */
export function scoringWindows(document: ArrayLike<number>, endOfText: number, context: number): Example[] {
  const tokens = [endOfText, ...Array.from(document), endOfText];
  const predictions = tokens.length - 1;
  const stride = Math.max(1, Math.floor(context / 2));
  const windows: Example[] = [];
  for (let counted = 0; counted < predictions;) {
    const start = counted === 0 ? 0 : Math.min(counted + stride, predictions) - context;
    const end = Math.min(start + context, predictions);
    const from = counted;
    windows.push({
      tokens: tokens.slice(start, end + 1),
      counted: Array.from({ length: end + 1 - start }, (_, i) => start + i > from),
    });
    counted = end;
  }
  return windows;
}
