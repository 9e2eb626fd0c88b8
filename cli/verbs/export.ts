import path from "node:path";
import { safeName } from "../../store/home.js";
import { exportRun, homeDirectory } from "../../store/index.js";
import { refuseUnknownStage } from "../../api/recorded-plan.js";
import { shellWord } from "../../report/shell-word.js";
import { stageKeys, stageStates } from "../../api/stage-keys.js";
import { pawlVersion } from "../../platform/version.js";
import type { Verb } from "./index.js";
import { shortNumber } from "../../report/values.js";

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
      const keys = [...(await stageKeys(home, runId, await stageStates(home, runId))).values()];
      const exported = await exportRun(home, { runId, file, all, keys, version: pawlVersion() });
      const { bytes, artifacts, results } = exported;
      if (terminal.json) return terminal.out(JSON.stringify({ run: runId, file, ...exported }));
      const which = exported.all ? "of all stages" : "of the pipeline's outputs (--all: of all stages)";
      terminal.out(`${file}  ${shortNumber(bytes)} bytes`);
      terminal.out(`  ${artifacts.length} artifacts ${which}, ${results.length} results`);
      terminal.out(`  next: pawl import ${shellWord(path.basename(file))}, on another machine`);
    });
};
