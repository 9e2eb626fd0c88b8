import { splitPosition } from "../../../activities/dataset/rows/split.js";
import fc from "fast-check";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { put, runDataset } from "../../support/datasets.js";

// Nothing here depends on time; a busy machine must not fail it.

let context: TestContext;
beforeEach(() => {
  context = testContext();
});
afterEach(() => context.remove());

const lines = (rows: object[]) => rows.map((row) => (row as { text: string }).text);

test("no row is on both sides, equal rows keep together, none is lost or twice there", async () => {
  const word = fc.stringMatching(/^[a-z]{1,3}$/);
  await fc.assert(
    fc.asyncProperty(
      fc.array(word, { minLength: 20, maxLength: 60 }),
      fc.double({ min: 0.1, max: 0.5, noNaN: true }),
      async (words, heldOut) => {
        // One row that is known to be for training, so that the stage does not fail for want of
        // any.
        const all = [...words, "anchor 1"];
        const result = await runDataset(context, { source: { text: all.join("\n") }, unit: "line", heldOut });
        const [train, held] = [lines(result.train), lines(result.heldOut)];
        expect(train.filter((row) => held.includes(row))).toEqual([]);
        expect([...train, ...held].sort()).toEqual([...all].sort());
        expect(result.metrics["duplicates"]).toBe(all.length - new Set(all).size);
      },
    ),
    { numRuns: 25 },
  );
});

test("the held-out share is about what was asked, and a larger share holds out the same rows and more", async () => {
  put(context, "a.txt", Array.from({ length: 4000 }, (_, i) => `row ${i}`).join("\n"));
  const small = await runDataset(context, { source: { file: "a.txt" }, unit: "line", heldOut: 0.1 });
  const large = await runDataset(context, { source: { file: "a.txt" }, unit: "line", heldOut: 0.3 });
  // Four standard deviations.
  expect(Math.abs(small.heldOut.length - 400)).toBeLessThan(4 * Math.sqrt(4000 * 0.1 * 0.9));
  expect(lines(large.heldOut)).toEqual(expect.arrayContaining(lines(small.heldOut)));
});

test("a limit takes exactly this number of rows, the same ones in any order of the file, and leaves the split alone", async () => {
  const rows = Array.from({ length: 300 }, (_, i) => `row ${i % 200}`);
  put(context, "a.txt", rows.join("\n"));
  put(context, "b.txt", [...rows].reverse().join("\n"));
  const settings = { unit: "line", heldOut: 0.2, limit: 60 };
  const forward = await runDataset(context, { source: { file: "a.txt" }, ...settings });
  const backward = await runDataset(context, { source: { file: "b.txt" }, ...settings });
  expect(forward.train.length + forward.heldOut.length).toBe(60);
  expect(forward.metrics["beyondLimit"]).toBe(240);
  expect(lines(backward.train).sort()).toEqual(lines(forward.train).sort());
  const whole = await runDataset(context, { source: { file: "a.txt" }, unit: "line", heldOut: 0.2 });
  expect(lines(whole.heldOut)).toEqual(expect.arrayContaining(lines(forward.heldOut)));
  const generous = await runDataset(context, { source: { file: "a.txt" }, ...settings, limit: 1000 });
  expect(generous.outputs).toEqual(whole.outputs);
});

test("the same data give the same artifacts", async () => {
  put(context, "a.csv", "text,n\n" + Array.from({ length: 3000 }, (_, i) => `row ${i},${i}\n`).join(""));
  const settings = { source: { file: "a.csv" }, query: "SELECT text FROM data WHERE n > 5", heldOut: 0.5 };
  const first = await runDataset(context, settings);
  const other = testContext();
  put(other, "a.csv", "text,n\n" + Array.from({ length: 3000 }, (_, i) => `row ${i},${i}\n`).join(""));
  expect((await runDataset(other, settings)).outputs).toEqual(first.outputs);
  other.remove();
});

test("preferences about prompts that a split has left are split anew, not by the same numbers", () => {
  const rows = Array.from({ length: 2000 }, (_, i) => ({ prompt: `prompt ${i}`, chosen: "a", rejected: "b" }));
  const left = rows.filter((row) => splitPosition(row).side >= 0.15);
  const share = left.filter((row) => splitPosition(row, "preferences ").side < 0.2).length / left.length;
  expect(share).toBeGreaterThan(0.16);
  expect(share).toBeLessThan(0.24);
});
