/**
 * `npm run bench -- stages`: fifty trivial stages in a row on a warm worker and server. Each is
 * brief, so it runs as a local activity of the process for workflows, and writes an artifact to the
 * store. Compared with Prefect (warm, tasks that leave nothing) and Metaflow (a process for each
 * step).
 */
import { compilePipeline } from "../compiler/compile.js";
import type { Plan } from "../schemas/plan.js";
import { Rig } from "../verify/rig.js";
import { interleaved, report, row } from "./harness.js";
import { metaflow, metaflowVersion } from "./peers/metaflow.js";
import { prefect, rowsPeerVersions } from "./peers/rows.js";

const count = 50;
const rounds = 5;

async function main(): Promise<void> {
  const rig = await Rig.start(1);
  const warmPrefect = prefect();
  const flow = metaflow(count);
  try {
    const plan = await rowOfStages();
    let runs = 0;
    const ours = async (): Promise<number> => {
      const began = performance.now();
      await rig.run(`stages-${++runs}`, plan);
      return (performance.now() - began) / 1000;
    };
    await ours();
    await warmPrefect?.run(count);
    const seconds = await interleaved(rounds, {
      ours: async () => [await ours()],
      prefect: async () => (warmPrefect ? [await warmPrefect.run(count)] : []),
    });
    const peer = warmPrefect ? { peer: seconds.prefect } : {};
    const metric = { unit: "s", ours: seconds.ours, bounds: "ours", better: "lower", atLeast: 3, aim: 1 } as const;
    const rows = [row({ what: `${count} trivial stages in a row; peer: Prefect`, ...metric, ...peer })];
    if (flow) rows.push(row({ what: `${count} trivial stages in a row; peer: Metaflow`, ...metric, peer: flow() }));
    report("stages", rows, { prefect: rowsPeerVersions.prefect, metaflow: metaflowVersion });
  } finally {
    warmPrefect?.close();
    await rig.stop();
  }
}

/** Stages that each write a line of text into the store; none is taken from it. */
async function rowOfStages(): Promise<Plan> {
  const stages = Array.from({ length: count }, (_, i) => {
    const needs = i === 0 ? "" : `, needs: [s${i - 1}]`;
    return `  s${i}: { uses: dataset, with: { source: { text: "line ${i}" } }, cache: false${needs} }`;
  });
  return (await compilePipeline({ text: ["name: row", "stages:", ...stages, ""].join("\n") })).plan;
}

await main();
