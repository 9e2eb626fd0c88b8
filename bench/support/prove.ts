import path from "node:path";
import { packageRoot } from "../../platform/locations.js";
import { verifyEveryCheckpoint } from "../../verify/every-checkpoint.js";
import { verifyResume } from "../../verify/verify-resume.js";
import { median, row, type Row } from "../harness.js";

/** The default heartbeat timeout and ten seconds. */
const longestSilence = 40;

/** A pipeline killed at random moments. */
export async function proveAtRandom(pipeline: string, kills: number): Promise<Row[]> {
  const file = path.join(packageRoot(), "pipelines", `${pipeline}.yaml`);
  const { kills: delivered, workAgainMs, differences, digests } = await verifyResume({ file, kills, seed: 1 });
  const different = new Set(differences.map(({ output }) => output)).size;
  const outputs = Object.keys(digests).length;
  const { slot, workflows, server, insideCheckpoint } = delivered;
  const seconds = workAgainMs.map((ms) => ms / 1000);
  const again = { unit: "s", bounds: "ours", better: "lower", atLeast: longestSilence, aim: 10 } as const;
  const killed = `${slot} slots (${insideCheckpoint} inside a checkpoint), ${workflows} workflow processes, ${server} servers`;
  return [
    row({
      what: `${pipeline}, killed ${killed}: outputs with equal digests`,
      unit: "of 1",
      ours: (outputs - different) / outputs,
      bounds: "ours",
      better: "higher",
      atLeast: 1,
      aim: 1,
    }),
    row({ what: `${pipeline}: kill to work again, median`, ours: median(seconds), ...again }),
    row({ what: `${pipeline}: kill to work again, longest`, ours: Math.max(...seconds), ...again }),
  ];
}

/** A pipeline killed at every phase of the write of every checkpoint and artifact. */
export async function proveAtEveryCheckpoint(pipeline: string, everySteps: number, stress: boolean): Promise<Row> {
  const file = path.join(packageRoot(), "pipelines", `${pipeline}.yaml`);
  const report = await verifyEveryCheckpoint({ file, everySteps, stress });
  const different = new Set(report.differences.map(({ output }) => output)).size + report.incomplete.length;
  const outputs = Object.keys(report.digests).length;
  const checkpoints = new Set(
    report.points.flatMap(({ stage, step }) => (step === undefined ? [] : [`${stage} ${step}`])),
  );
  const beside = report.stress.map(
    ({ busyProcesses, stops }) => `, beside ${busyProcesses} busy processes, stopped ${stops} times`,
  );
  return row({
    what: `${pipeline}, ${report.points.length} kills at every phase of ${checkpoints.size} checkpoints and of every artifact${beside.join("")}: outputs with equal digests`,
    unit: "of 1",
    ours: (outputs - different) / outputs,
    bounds: "ours",
    better: "higher",
    atLeast: 1,
    aim: 1,
  });
}
