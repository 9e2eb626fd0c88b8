import { training } from "./training.js";

test("three processes end in the same bits", async () => {
  const runs = [];
  for (let i = 0; i < 3; i++) runs.push(await training({ backend: "tensorflow" }));
  const [first, ...rest] = runs.map(({ trained }) => trained[0]!.digest);
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(rest).toEqual([first, first]);
});
