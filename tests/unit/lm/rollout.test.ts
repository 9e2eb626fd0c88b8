import fc from "fast-check";
import { perRollout, perToken, rolloutInputs, type Rollout } from "../../../lm/data/rollout.js";
import { PawlError } from "../../../platform/errors.js";

const shape = { rows: 3, prompt: 4, response: 3 };
const rollout = (prompt: number[], response: number[]): Rollout => ({ prompt, response, ended: true });
/** The rows of each input. */
const rowsOf = (rollouts: Rollout[]) =>
  Object.fromEntries(
    Object.entries(rolloutInputs(shape, rollouts)).map(([name, tensor]) => {
      expect(tensor).toMatchObject({ dtype: "int32", shape: [3, 7] });
      return [name, [0, 7, 14].map((at) => Array.from(tensor.data.slice(at, at + 7)))];
    }),
  );

test("prompts of unequal length end at one slot, positions count from the first real token, spare rows are padding", () => {
  expect(rowsOf([rollout([5, 6], [7, 8, 9]), rollout([1, 2, 3, 4], [5])])).toEqual({
    tokens: [
      [0, 0, 5, 6, 7, 8, 9],
      [1, 2, 3, 4, 5, 0, 0],
      [0, 0, 0, 0, 0, 0, 0],
    ],
    segments: [
      [0, 0, 1, 1, 1, 1, 1],
      [1, 1, 1, 1, 1, 0, 0],
      [0, 0, 0, 0, 0, 0, 0],
    ],
    positions: [
      [0, 0, 0, 1, 2, 3, 4],
      [0, 1, 2, 3, 4, 0, 0],
      [0, 0, 0, 0, 0, 0, 0],
    ],
  });
});

const tokens = (maxLength: number, minLength: number) =>
  fc.array(fc.integer({ min: 1, max: 99 }), { minLength, maxLength });
const rollouts = fc.array(fc.tuple(tokens(4, 1), tokens(3, 0)), { maxLength: 3 });

test("a row's real slots are its prompt and response, numbered from 0; the response begins at its first slot", () => {
  fc.assert(
    fc.property(rollouts, (made) => {
      const rows = rowsOf(made.map(([prompt, response]) => rollout(prompt, response)));
      for (let r = 0; r < shape.rows; r++) {
        const [prompt, response] = made[r] ?? [[], []];
        const real = rows["segments"]![r]!.flatMap((segment, slot) => (segment === 1 ? [slot] : []));
        expect(real.map((slot) => rows["tokens"]![r]![slot])).toEqual([...prompt, ...response]);
        expect(real.map((slot) => rows["positions"]![r]![slot])).toEqual(real.map((_, i) => i));
        expect(real.slice(prompt.length).every((slot, t) => slot === shape.prompt + t)).toBe(true);
      }
    }),
  );
});

test("each row names its prompt, each prompt a row that has it", () => {
  const list = [rollout([5, 6], [7, 8, 9]), rollout([1, 2, 3, 4], [5]), rollout([5, 6], [4])];
  const inputs = rolloutInputs({ ...shape, prompts: 2 }, list);
  expect(inputs).toMatchObject(rolloutInputs(shape, list));
  expect(Array.from(inputs["rowPrompts"]!.data)).toEqual([0, 1, 0]);
  expect(Array.from(inputs["promptRows"]!.data)).toEqual([0, 1]);
});

test("values of tokens go into a grid with 0 elsewhere and come out as they were", () => {
  fc.assert(
    fc.property(rollouts, (made) => {
      const list = made.map(([prompt, response]) => rollout(prompt, response));
      const grid = perToken(shape, list, (r, t) => 10 * r + t + 1);
      expect(perRollout(shape, list, grid)).toEqual(
        list.map(({ response }, r) => Float32Array.from(response, (_, t) => 10 * r + t + 1)),
      );
      expect(grid.filter((value) => value !== 0)).toHaveLength(
        list.reduce((sum, { response }) => sum + response.length, 0),
      );
    }),
  );
});

test.each([
  ["a long prompt", [rollout([1, 2, 3, 4, 5], [1])]],
  ["no prompt", [rollout([], [1])]],
  ["a long response", [rollout([1], [1, 2, 3, 4])]],
  ["too many", [1, 2, 3, 4].map((token) => rollout([token], [1]))],
  ["too many prompts", [1, 2, 3].map((token) => rollout([token], [1]))],
])("%s is refused, not written into another row or lost", (_, list) => {
  expect(() => rolloutInputs({ ...shape, prompts: 2 }, list)).toThrow(PawlError);
});
