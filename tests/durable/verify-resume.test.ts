import { readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { certificateOf, killsByPhase } from "../../verify/certificate.js";
import { verifyEveryCheckpoint } from "../../verify/every-checkpoint.js";
import { writePhases } from "../../verify/phases.js";
import { verifyResume, type VerifyEvent } from "../../verify/verify-resume.js";
import { useDirectory } from "../support/directory.js";
const directory = useDirectory();
const stageProgram = path.join(import.meta.dirname, "support", "stage-worker.mjs");
const killed = path.join(import.meta.dirname, "support", "kill-points-process.mjs");

function definition([a, b] = [300, 200]): string {
  const file = path.join(directory(), "counting.yaml");
  const program = (steps: number) => JSON.stringify({ steps, stepMs: 10, checkpointEvery: 2 });
  const stage = (id: string, steps: number, more = "") =>
    `  ${id}: { uses: dataset, with: { source: { text: '${program(steps)}' }, query: none }${more} }`;
  writeFileSync(file, ["name: counting", "stages:", stage("a", a), stage("b", b, ", needs: [a]"), ""].join("\n"));
  return file;
}

test("runs that are killed again and again end with the digests of an undisturbed one", async () => {
  const events: VerifyEvent[] = [];
  const options = { file: definition(), kills: 8, seed: 1, stageProgram };
  const report = await verifyResume({ ...options, onProgress: (event) => events.push(event) });
  expect(report).toMatchObject({ equal: true, differences: [], kept: [] });
  const { worker, workflows, server } = report.kills;
  expect(worker + workflows + server).toBe(8);
  expect(Object.keys(report.digests)).toEqual(["a.train", "a.heldOut", "b.train", "b.heldOut"]);
  expect(events.filter(({ what }) => what === "kill")).toHaveLength(8);
});

test("a process that dies at every phase of every write, once each, leaves the digests of an undisturbed run", async () => {
  const file = definition([9, 1]);
  const report = await verifyEveryCheckpoint({
    file,
    everySteps: 4,
    programs: { undisturbed: stageProgram, killed },
  });
  expect(report).toMatchObject({ equal: true, differences: [], incomplete: [], kept: [] });
  const places = report.points.map(({ stage, step, artifact, phase }) =>
    [stage, step ?? artifact ?? "", phase].join(" "),
  );
  const of = (stage: string, steps: number[]) =>
    [
      ...steps.flatMap((step) => writePhases.map((phase) => `${step} ${phase}`)),
      ...writePhases.map((phase) => `dataset 1 ${phase}`),
      " returned",
    ].map((place) => `${stage} ${place}`);
  expect(places).toEqual([...of("a", [4, 8]), ...of("b", [])]);
  expect(killsByPhase(report)).toMatchObject({ checkpoint: { begun: 2, placed: 2 }, stage: { returned: 2 } });
  const pipeline = { file, text: readFileSync(file, "utf8"), inputs: {} };
  const certificate = certificateOf(report, pipeline);
  expect(certificate).toMatchObject({ pipeline: { file: "counting.yaml" }, report: { equal: true } });
  expect(Object.keys(certificate.versions)).toEqual(expect.arrayContaining(["pawl", "node", "temporal", "duckdb"]));
  expect(JSON.stringify(certificate)).not.toContain(hostname());
});

test("a pipeline that waits for a person is refused before anything runs", async () => {
  const file = path.join(directory(), "asks.yaml");
  const stages = [
    "text: { uses: dataset, with: { source: { text: hello } } }",
    'asked: { uses: dataset, with: { source: { text: "q,a" }, format: csv, columns: { instruction: q, response: a } } }',
    'tok: { uses: tokenize, with: { train: ["${{ stages.text.outputs.train }}"] } }',
    'base: { uses: pretrain, with: { tokens: "${{ stages.tok.outputs.tokens }}" } }',
    'prefs: { uses: collect-preferences, with: { model: "${{ stages.base.outputs.model }}", ' +
      'prompts: ["${{ stages.asked.outputs.train }}"] } }',
  ];
  writeFileSync(file, ["name: asks", "stages:", ...stages.map((stage) => `  ${stage}`), ""].join("\n"));
  await expect(verifyResume({ file, kills: 1, seed: 1, stageProgram })).rejects.toMatchObject({
    code: "NOT_ALLOWED",
    facts: { where: "stages.prefs" },
  });
});
