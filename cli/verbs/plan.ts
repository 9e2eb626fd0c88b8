import { homeDirectory } from "../../store/index.js";
import { compileDefinition, definitionOptions, optionsText, type DefinitionOptions } from "../definition-options.js";
import { forecast, type StageForecast } from "../forecast.js";
import { table } from "../render/table.js";
import { shellWord } from "../shell-word.js";
import type { Terminal } from "../terminal.js";
import type { Verb } from "./index.js";

/** `pawl plan FILE`: which stages a run would take from the cache, which it would run, and why. Starts nothing. */
export const plan: Verb = (command, terminal) => {
  definitionOptions(command.argument("<pipeline>", "a file, or a name in pipelines/")).action(
    async (name: string, options: DefinitionOptions) => {
      const { plan, file } = await compileDefinition(name, options, terminal);
      const command = `pawl run ${shellWord(file)}${optionsText(options)}`;
      show(await forecast(homeDirectory(), plan), command, terminal);
    },
  );
};

/** @param command that runs what was planned */
function show(forecasts: StageForecast[], command: string, terminal: Terminal): void {
  if (terminal.json) return terminal.out(JSON.stringify(forecasts));
  const { colors } = terminal;
  const color = { cached: colors.green, "will run": colors.cyan, skipped: colors.dim, fails: colors.red };
  const rows = forecasts.flatMap(({ stage, uses, verdict, reasons }) =>
    reasons.map((reason, index) =>
      index === 0 ? [stage, uses, color[verdict](verdict), reason] : ["", "", "", reason],
    ),
  );
  terminal.out(table(["stage", "uses", "", "why"], rows, colors));
  const run = forecasts.filter(({ verdict }) => verdict === "will run").length;
  terminal.out(`\n${run} of ${forecasts.length} stages would run\n  next: ${command}`);
}
