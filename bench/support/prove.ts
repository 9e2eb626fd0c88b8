import path from "node:path";
import { packageRoot } from "../../platform/locations.js";
import { verifyEveryCheckpoint } from "../../verify/every-checkpoint.js";
import { checkpointsOf } from "../../verify/phases.js";
import { verifyResume, type ResumeReport } from "../../verify/verify-resume.js";
import { median, row, type Row } from "../harness.js";

/** The default heartbeat timeout and ten seconds. */
const longestSilence = 40;

/** A pipeline killed at random moments. */
export async function proveAtRandom(pipeline: string, kills: number): Promise<Row[]> {
  const report = await verifyResume({ file: fileOf(pipeline), kills, seed: 1 });
  const { worker, workflows, server, insideCheckpoint } = report.kills;
  const seconds = report.workAgainMs.map((ms) => ms / 1000);
  const again = { unit: "s", bounds: "ours", better: "lower", atLeast: longestSilence, aim: 10 } as const;
  const killed = `${worker} worker processes (${insideCheckpoint} inside a checkpoint), ${workflows} workflow processes, ${server} servers`;
  return [
    equalOutputs(`${pipeline}, killed ${killed}`, report),
    row({ what: `${pipeline}: kill to work again, median`, ours: median(seconds), ...again }),
    row({ what: `${pipeline}: kill to work again, longest`, ours: Math.max(...seconds), ...again }),
  ];
}

/** A pipeline killed at every phase of the write of every checkpoint and artifact. */
export async function proveAtEveryCheckpoint(pipeline: string, everySteps: number, stress: boolean): Promise<Row[]> {
  const report = await verifyEveryCheckpoint({ file: fileOf(pipeline), everySteps, stress });
  const checkpoints = checkpointsOf(report.points).length;
  const beside = report.stress.map(
    ({ busyProcesses, stops }) => `, beside ${busyProcesses} busy processes, stopped ${stops} times`,
  );
  const what = `${pipeline}, ${report.points.length} kills at every phase of ${checkpoints} checkpoints and of every artifact${beside.join("")}`;
  return [
    equalOutputs(what, report),
    row({
      what: `${pipeline}: of these checkpoints, those at which a phase was missed`,
      unit: "checkpoints",
      ours: report.incomplete.length,
      bounds: "ours",
      better: "lower",
      atLeast: 0,
      aim: 0,
    }),
  ];
}

const fileOf = (pipeline: string): string => path.join(packageRoot(), "pipelines", `${pipeline}.yaml`);

function equalOutputs(what: string, report: Pick<ResumeReport, "differences" | "digests">): Row {
  const different = new Set(report.differences.map(({ output }) => output)).size;
  const outputs = Object.keys(report.digests).length;
  return row({
    what: `${what}: outputs with equal digests, of ${outputs}`,
    unit: "of 1",
    ours: (outputs - different) / outputs,
    bounds: "ours",
    better: "higher",
    atLeast: 1,
    aim: 1,
  });
}
