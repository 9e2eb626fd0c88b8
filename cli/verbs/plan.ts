import { homeDirectory } from "../../store/home.js";
import { againstRun } from "../../api/comparing/against-run.js";
import { compileDefinition, definitionOptions, optionsText, type DefinitionOptions } from "../definition-options.js";
import { expectedWork } from "../../api/forecasting/expected-work.js";
import { forecast } from "../../api/forecasting/forecast.js";
import { showForecast } from "../render/forecast.js";
import { shellWord } from "../../report/shell-word.js";
import type { Verb } from "../verb.js";

/**
 * `pawl plan FILE`: which stages a run would take from the cache, which it would run, and why.
 * Starts nothing. With `--against RUN`: which results of that run it would reuse, and what differs
 * from it.
 */
export const plan: Verb = (command, terminal) => {
  definitionOptions(command.argument("<pipeline>", "a file, or a name in pipelines/"))
    .option("--against <run>", "say which results of this run would be reused, and what differs from it")
    .action(async (name: string, { against, ...options }: DefinitionOptions & { against?: string }) => {
      const home = homeDirectory();
      const { plan, file } = await compileDefinition(name, options, terminal);
      const run = against === undefined ? undefined : await againstRun(home, against);
      const forecasts = await forecast(home, plan, {}, run);
      showForecast(await expectedWork(home, plan, forecasts, process.cwd()), terminal, against);
      if (!terminal.json) terminal.out(`  next: pawl run ${shellWord(file)}${optionsText(options)}`);
    });
};
