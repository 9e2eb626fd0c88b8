/**
 * `npm run bench -- verify [KILLS]`: `pawl verify resume` on tiny and on tiny-rl, 20 kills each unless told otherwise.
 * A row's figure is the share of outputs whose digest is equal in every killed run.
 */
import path from "node:path";
import { packageRoot } from "../platform/locations.js";
import { verifyResume } from "../verify/verify-resume.js";
import { median, report, row, type Row } from "./harness.js";

const kills = Number(process.argv[2] ?? 20);
/** The default heartbeat timeout and ten seconds. */
const longestSilence = 40;

async function prove(pipeline: string): Promise<Row[]> {
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

report("verify", [...(await prove("tiny")), ...(await prove("tiny-rl"))]);
