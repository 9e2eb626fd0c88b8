import path from "node:path";
import { untilStopped } from "../../cli/stop-signal.js";
import { packageRoot } from "../../platform/program/locations.js";
import { verifyEveryCheckpoint } from "../../verify/every-checkpoint.js";
import { killedCheckpoints } from "../../verify/phases.js";
import { stopsText } from "../../verify/stress-report.js";
import { verifyResume, type ResumeReport, type VerifyEvent } from "../../verify/verify-resume.js";
import { median, row, type Row } from "../harness.js";
import { duration } from "../../report/values.js";

/** The default heartbeat timeout plus ten seconds. */
const longestSilence = 40;

/** A pipeline killed at random moments. */
export async function proveAtRandom(pipeline: string, kills: number): Promise<Row[]> {
  const report = await interruptible((signal) =>
    verifyResume({ file: fileOf(pipeline), kills, seed: 1, signal, onProgress: tell(`of ${kills} `) }),
  );
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
  const report = await interruptible((signal) =>
    verifyEveryCheckpoint({ file: fileOf(pipeline), everySteps, stress, signal, onProgress: tell("") }),
  );
  const checkpoints = killedCheckpoints(report.points).length;
  const beside = report.stress.map(
    ({ busyProcesses, stops }) => `, beside ${busyProcesses} busy processes, stopped: ${stopsText(stops)}`,
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

let stopped: AbortSignal | undefined;

/** Ctrl-C and SIGTERM end a proof in order, and then the process. */
async function interruptible<T>(prove: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = (stopped ??= untilStopped());
  try {
    return await prove(signal);
  } catch (error) {
    if (signal.aborted) process.exit(130);
    throw error;
  }
}

type Progress = VerifyEvent | { what: "point"; number: number };

/** Shows every tenth kill on standard error. */
function tell(ofAll: string): (event: Progress) => void {
  let kills = 0;
  return (event) => {
    if (event.what === "reference") process.stderr.write(`  reference run in ${duration(event.seconds * 1000)}\n`);
    if (event.what !== "kill" && event.what !== "point") return;
    if (++kills % 10 === 0) process.stderr.write(`  ${kills} ${ofAll}kills\n`);
  };
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
