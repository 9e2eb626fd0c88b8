import { compile } from "../../api/compile.js";
import type { Warning } from "../../compiler/compile.js";
import { PipelineErrors, renderError } from "../../compiler/errors.js";
import { PawlError } from "../../platform/errors.js";
import { pipelineNames } from "../../worker/project/pipeline-file.js";
import { exitCodes } from "../exit-codes.js";
import { renderError as renderOther, toShown, type Shown } from "../render/error.js";
import type { Terminal } from "../terminal.js";
import type { Verb } from "../verb.js";

type Outcome =
  | { file: string; ok: true; name: string; stages: readonly string[]; warnings: readonly Warning[] }
  | { file: string; ok: false; errors: readonly (Warning | Shown)[] };

/**
 * `pawl validate [FILE…]`: checks definitions, by default every one in pipelines/. Loads neither
 * Temporal nor TensorFlow.
 */
export const validate: Verb = (command, terminal) => {
  command.argument("[files...]", "files or names; default: all of pipelines/").action(async (files: string[]) => {
    const names = files.length > 0 ? files : await pipelineNames();
    if (names.length === 0)
      throw new PawlError("PIPELINE_NOT_FOUND", "there is nothing to check", { next: "name a YAML file" });
    const outcomes = await Promise.all(names.map(check));
    if (outcomes.some(({ ok }) => !ok)) terminal.exitCode = exitCodes.invalid;
    if (terminal.json) terminal.out(JSON.stringify(outcomes));
    else for (const outcome of outcomes) show(outcome, terminal);
  });
};

async function check(name: string): Promise<Outcome> {
  try {
    const { file = name, name: pipeline, stages, warnings } = await compile(name);
    return { file, ok: true, name: pipeline, stages, warnings };
  } catch (error) {
    if (error instanceof PipelineErrors) return { file: error.errors[0]!.file, ok: false, errors: error.errors };
    if (error instanceof PawlError) return { file: name, ok: false, errors: [toShown(error)] };
    throw error;
  }
}

function show(outcome: Outcome, terminal: Terminal): void {
  const { green, yellow } = terminal.colors;
  if (!outcome.ok) {
    const texts = outcome.errors.map((error) =>
      "excerpt" in error ? renderError(error) : renderOther(error, terminal.colors),
    );
    return terminal.note(`${texts.join("\n\n")}\n`);
  }
  for (const warning of outcome.warnings) terminal.note(`${yellow("warning")}  ${renderError(warning)}`);
  terminal.out(`${green("ok")}  ${outcome.file}  ${outcome.name}, ${outcome.stages.length} stages`);
}
