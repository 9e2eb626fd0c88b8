import path from "node:path";
import { safeName, homeDirectory } from "../../store/home.js";
import { childRuns, exportRun, type RunKeys } from "../../store/run-file/export-run.js";
import { refuseUnknownStage } from "../../api/reading/recorded-plan.js";
import { shellWord } from "../../report/shell-word.js";
import { stageKeys, stageStates } from "../../api/reading/stage-keys.js";
import { pawlVersion } from "../../platform/program/version.js";
import { shortNumber } from "../../report/values.js";
import type { Verb } from "../verb.js";

interface Options {
  to?: string;
  all?: boolean;
}

/** `pawl export RUN`: a run as one file, from the store. */
export const exportVerb: Verb = (command, terminal) => {
  command
    .argument("<run>")
    .option("--to <file>", "the file to write (default: RUN.pawl.tar.gz)")
    .option("--all", "with the artifacts of all stages, not only those of the pipeline's outputs")
    .action(async (runId: string, { to, all = false }: Options) => {
      const home = homeDirectory();
      await refuseUnknownStage(home, "export", runId, undefined);
      const file = path.resolve(to ?? `${safeName(runId)}.pawl.tar.gz`);
      const [run, ...children] = (await Promise.all(
        [runId, ...(await childRuns(home, runId))].map((id) => readKeys(home, id)),
      )) as [RunKeys, ...RunKeys[]];
      const exported = await exportRun(home, { ...run, children, file, all, version: pawlVersion() });
      const { bytes, artifacts, results } = exported;
      if (terminal.json) return terminal.out(JSON.stringify({ run: runId, file, ...exported }));
      const which = exported.all ? "of all stages" : "of the pipeline's outputs (--all: of all stages)";
      terminal.out(`${file}  ${shortNumber(bytes)} bytes`);
      terminal.out(`  ${artifacts.length} artifacts ${which}, ${results.length} results`);
      if (exported.children.length > 0)
        terminal.out(`  with the runs of child pipelines: ${exported.children.join(", ")}`);
      terminal.out(`  next: pawl import ${shellWord(path.basename(file))}, on another machine`);
    });
};

async function readKeys(home: string, runId: string): Promise<RunKeys> {
  const keys = await stageKeys(home, runId, await stageStates(home, runId));
  return { runId, keys: [...keys.values()] };
}
