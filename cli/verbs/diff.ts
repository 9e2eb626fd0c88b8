import { homeDirectory } from "../../store/home.js";
import { findResult } from "../../store/records/results.js";
import { compareRuns, type ComparedRun, type Pair, type StageDifference } from "../../report/run/compare-runs.js";
import { refuseUnknownStage } from "../../api/reading/recorded-plan.js";
import { table } from "../render/table.js";
import { cut } from "../render/values.js";
import { readRunSamples } from "../../report/run/samples.js";
import { stageKeys, stageStates } from "../../api/reading/stage-keys.js";
import type { Terminal } from "../terminal.js";
import { shortNumber } from "../../report/values.js";
import type { Verb } from "../verb.js";

/** Characters of a sample that the terminal shows. */
const maxSampleLength = 200;

/** `pawl diff RUN RUN`: how the second run differs from the first one, from the store. */
export const diff: Verb = (command, terminal) => {
  command
    .argument("<run>")
    .argument("<other>", "another run")
    .action(async (runId: string, other: string) => {
      const home = homeDirectory();
      const difference = compareRuns(await comparedRun(home, runId), await comparedRun(home, other));
      if (terminal.json) return terminal.out(JSON.stringify(difference));
      const { runs, changes, stages } = difference;
      terminal.out(`${runs[1]} beside ${runs[0]}`);
      for (const change of changes) terminal.out(`  ${change}`);
      const groups = {
        equal: stages.filter(({ equal }) => equal),
        [`only in ${runs[0]}`]: stages.filter(({ status }) => status[1] === undefined),
        [`only in ${runs[1]}`]: stages.filter(({ status }) => status[0] === undefined),
      };
      terminal.out("");
      for (const [what, found] of Object.entries(groups))
        if (found.length > 0) terminal.out(`${what}: ${found.map(({ stage }) => stage).join(", ")}`);
      const listed = new Set(Object.values(groups).flat());
      for (const stage of stages) if (!listed.has(stage)) show(stage, runs, terminal);
    });
};

/** @throws PawlError RUN_NOT_FOUND */
async function comparedRun(home: string, runId: string): Promise<ComparedRun> {
  const plan = await refuseUnknownStage(home, "diff", runId, undefined);
  const stages = await stageStates(home, runId);
  const keys = await stageKeys(home, runId, stages);
  const results: ComparedRun["results"] = Object.fromEntries(
    (await Promise.all([...keys].map(async ([id, key]) => [id, await findResult(home, key)] as const))).flatMap(
      ([id, result]) => (result === undefined ? [] : [[id, result]]),
    ),
  );
  return { runId, plan, stages, results, samples: await readRunSamples(home, stages) };
}

function show(stage: StageDifference, runs: [string, string], terminal: Terminal): void {
  const { colors } = terminal;
  const rows = [
    ...(stage.status[0] === stage.status[1] ? [] : [["status", ...texts(stage.status), ""]]),
    ...Object.entries(stage.metrics).map(([name, pair]) => [name, ...pair.map(numberText), growth(pair)]),
    ...Object.entries(stage.outputs).map(([name, pair]) => [
      name,
      ...pair.map((digest) => digest?.slice(0, 12) ?? "–"),
      "",
    ]),
  ];
  terminal.out(`\n${colors.cyan(stage.stage)}`);
  for (const change of stage.changes) terminal.out(`  ${change}`);
  if (rows.length > 0) terminal.out(indented(table(["", ...runs, ""], rows, colors)));
  for (const { prompt, texts: pair } of stage.samples)
    terminal.out(
      [prompt, ...pair]
        .map((text, i) => `  ${["", ...runs][i] || "prompt"}: ${cut(text ?? "", maxSampleLength)}`)
        .join("\n"),
    );
}

const texts = (pair: Pair<string>): string[] => pair.map((text) => text ?? "–");
const numberText = (value: number | undefined): string => (value === undefined ? "–" : shortNumber(value));
const indented = (text: string): string => text.replaceAll(/^/gm, "  ");

/** The change of a metric in percent of its earlier value. */
function growth([before, after]: Pair<number>): string {
  if (before === undefined || after === undefined || before === 0) return "";
  const percent = (100 * (after - before)) / Math.abs(before);
  return `${percent > 0 ? "+" : "−"}${Math.abs(percent).toPrecision(2)} %`;
}
