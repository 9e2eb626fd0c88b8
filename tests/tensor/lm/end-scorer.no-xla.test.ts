import { EndScorer } from "../../../lm/decode/end-scorer.js";
import { forwardLogits } from "./logits.js";
import { makeBatch, formulaWeights, tinyArchitecture, makeTokens } from "./support.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

test("the most probable tokens at the ends of rows are those of the largest logits", () => {
  const a = tinyArchitecture();
  const [rows, length, positions] = [3, 12, 4];
  const batch = makeBatch(
    Array.from({ length: rows }, (_, row) => [makeTokens(row, length + 1, a.vocabularySize)]),
    length,
  );
  const scorer = new EndScorer(a, formulaWeights(a), { rows, length }, positions);
  const best = scorer.best(batch);
  scorer.dispose();
  const logits = forwardLogits(a, formulaWeights(a), batch);
  const largest = (place: number): number => {
    const own = logits.subarray(place * a.vocabularySize, (place + 1) * a.vocabularySize);
    return own.indexOf(own.reduce((most, value) => Math.max(most, value), -Infinity));
  };
  const ends = Array.from(
    { length: rows * positions },
    (_, i) => Math.floor(i / positions) * length + length - positions + (i % positions),
  );
  expect(Array.from(best)).toEqual(ends.map(largest));
});
