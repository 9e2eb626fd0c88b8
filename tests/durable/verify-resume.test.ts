import path from "node:path";
import { writeFileSync } from "node:fs";
import { verifyResume, type VerifyEvent } from "../../verify/verify-resume.js";
import { useFolder } from "../support/folder.js";

jest.setTimeout(300_000);
const folder = useFolder();
const slotProgram = path.join(import.meta.dirname, "support", "slot.mjs");

function definition(): string {
  const file = path.join(folder(), "counting.yaml");
  const program = (steps: number) => JSON.stringify({ steps, stepMs: 10, checkpointEvery: 2 });
  const stage = (id: string, steps: number, more = "") =>
    `  ${id}: { uses: dataset, with: { source: { text: '${program(steps)}' }, query: none }${more} }`;
  writeFileSync(file, ["name: counting", "stages:", stage("a", 300), stage("b", 200, ", needs: [a]"), ""].join("\n"));
  return file;
}

test("runs that are killed again and again end with the digests of an undisturbed one", async () => {
  const events: VerifyEvent[] = [];
  const options = { file: definition(), kills: 8, seed: 1, slotProgram };
  const report = await verifyResume({ ...options, onProgress: (event) => events.push(event) });
  expect(report).toMatchObject({ equal: true, differences: [], kept: [] });
  const { slot, workflows, server } = report.kills;
  expect(slot + workflows + server).toBe(8);
  expect(Object.keys(report.digests)).toEqual(["a.train", "a.heldOut", "b.train", "b.heldOut"]);
  expect(events.filter(({ what }) => what === "kill")).toHaveLength(8);
});

test("a pipeline that waits for a person is refused before anything runs", async () => {
  const file = path.join(folder(), "asks.yaml");
  const stages = [
    "text: { uses: dataset, with: { source: { text: hello } } }",
    'tok: { uses: tokenize, with: { train: ["${{ stages.text.outputs.train }}"] } }',
    'base: { uses: pretrain, with: { tokens: "${{ stages.tok.outputs.tokens }}" } }',
    'prefs: { uses: collect-preferences, with: { model: "${{ stages.base.outputs.model }}", ' +
      'prompts: ["${{ stages.text.outputs.train }}"] } }',
  ];
  writeFileSync(file, ["name: asks", "stages:", ...stages.map((stage) => `  ${stage}`), ""].join("\n"));
  await expect(verifyResume({ file, kills: 1, seed: 1, slotProgram })).rejects.toMatchObject({
    code: "NOT_ALLOWED",
    facts: { where: "stages.prefs" },
  });
});
