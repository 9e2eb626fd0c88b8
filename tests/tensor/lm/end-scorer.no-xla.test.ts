import { EndScorer } from "../../../lm/decode/end-scorer.js";
import { logitsOf } from "./logits.js";
import { batchOf, formulaWeights, tinyArchitecture, tokensOf } from "./support.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

test("the most probable tokens at the ends of rows are those of the largest logits", () => {
  const a = tinyArchitecture();
  const [rows, length, positions] = [3, 12, 4];
  const batch = batchOf(
    Array.from({ length: rows }, (_, row) => [tokensOf(row, length + 1, a.vocabularySize)]),
    length,
  );
  const scorer = new EndScorer(a, formulaWeights(a), { rows, length }, positions);
  const best = scorer.best(batch);
  scorer.dispose();
  const logits = logitsOf(a, formulaWeights(a), batch);
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
