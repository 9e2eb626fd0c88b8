import { homeDirectory } from "../../store/index.js";
import { compileDefinition, definitionOptions, optionsText, type DefinitionOptions } from "../definition-options.js";
import { forecast } from "../forecast.js";
import { showForecast } from "../render/forecast.js";
import { shellWord } from "../shell-word.js";
import type { Verb } from "./index.js";

/** `pawl plan FILE`: which stages a run would take from the cache, which it would run, and why. Starts nothing. */
export const plan: Verb = (command, terminal) => {
  definitionOptions(command.argument("<pipeline>", "a file, or a name in pipelines/")).action(
    async (name: string, options: DefinitionOptions) => {
      const { plan, file } = await compileDefinition(name, options, terminal);
      const command = `pawl run ${shellWord(file)}${optionsText(options)}`;
      showForecast(await forecast(homeDirectory(), plan), terminal);
      if (!terminal.json) terminal.out(`  next: ${command}`);
    },
  );
};
