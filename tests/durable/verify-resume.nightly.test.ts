import { appendFileSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { createCertificate, killsByPhase } from "../../verify/certificate.js";
import { verifyEveryCheckpoint } from "../../verify/every-checkpoint.js";
import { writePhases } from "../../verify/phases.js";
import { verifyResume, type VerifyEvent } from "../../verify/verify-resume.js";
import { useDirectory } from "../support/directory.js";
import { countingPipeline, killed, stageProgram } from "./support/counting-pipeline.js";
const directory = useDirectory();

test("runs that are killed again and again end with the digests of a reference run", async () => {
  const events: VerifyEvent[] = [];
  const options = { file: countingPipeline(directory()), kills: 8, seed: 1, stageProgram };
  const report = await verifyResume({ ...options, onProgress: (event) => events.push(event) });
  expect(report).toMatchObject({ equal: true, differences: [], kept: [] });
  const { worker, workflows, server } = report.kills;
  expect(worker + workflows + server).toBe(8);
  expect(Object.keys(report.digests)).toEqual(["a.train", "a.heldOut", "b.train", "b.heldOut"]);
  expect(events.filter(({ what }) => what === "kill")).toHaveLength(8);
});

test("a process that dies at every phase of every write, once each, leaves the digests of a reference run", async () => {
  const file = countingPipeline(directory(), [9, 1]);
  appendFileSync(file, "  brief: { uses: dataset, with: { source: { text: hello } }, needs: [b] }\n");
  const report = await verifyEveryCheckpoint({
    file,
    everySteps: 4,
    programs: { reference: stageProgram, killed },
  });
  expect(report).toMatchObject({ equal: true, differences: [], incomplete: [], kept: [] });
  const places = report.points.map(({ stage, step, artifact, phase }) =>
    [stage, step ?? artifact ?? "", phase].join(" "),
  );
  const of = (stage: string, writes: (number | string)[]) =>
    [...writes.flatMap((write) => writePhases.map((phase) => `${write} ${phase}`)), " returned"].map(
      (place) => `${stage} ${place}`,
    );
  const inWorkers = [...of("a", [4, 8, "dataset 1"]), ...of("b", ["dataset 1"])];
  expect(places.slice(0, inWorkers.length)).toEqual(inWorkers);
  // The brief stage's two artifacts are written side by side: one that a process still put in its
  // place as it died over the other is there already for the next.
  const placed = /^brief dataset [12] placed$/;
  const others = (found: string[]): string[] => found.filter((place) => !placed.test(place)).sort();
  const inBrief = places.slice(inWorkers.length);
  expect(others(inBrief)).toEqual(others(of("brief", ["dataset 1", "dataset 2"])));
  expect(inBrief.filter((place) => placed.test(place)).length).toBeGreaterThan(0);
  expect(report.withoutKills).toEqual([]);
  expect(killsByPhase(report)).toMatchObject({ checkpoint: { begun: 2, placed: 2 }, stage: { returned: 3 } });
  const pipeline = { file, text: readFileSync(file, "utf8"), inputs: {} };
  const certificate = createCertificate(report, pipeline);
  expect(certificate).toMatchObject({ pipeline: { file: "counting.yaml" }, report: { equal: true } });
  expect(Object.keys(certificate.versions)).toEqual(expect.arrayContaining(["pawl", "node", "temporal", "duckdb"]));
  expect(JSON.stringify(certificate)).not.toContain(hostname());
});
