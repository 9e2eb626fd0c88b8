import { outputRows, settingRows } from "../../compiler/schema/stage-reference.js";
import { nearest } from "../../expressions/nearest.js";
import { errorExplanations, retryRules } from "../../platform/error-explanations.js";
import { errorCodes, PawlError, type ErrorCode } from "../../platform/errors.js";
import { wrapped } from "../../platform/text/wrap.js";
import { stageDefinitions, stageTypes, type StageType } from "../../schemas/stages/index.js";
import { displayWidth } from "../render/width.js";
import type { Terminal } from "../terminal.js";
import type { Verb } from "../verb.js";

/**
 * `pawl explain CODE|STAGE`: what an error means and what to do, or a stage's settings, outputs and
 * metrics.
 */
export const explain: Verb = (command, terminal) => {
  command.argument("<name>", "an error code or a stage type").action((name: string) => {
    const code = name.toUpperCase();
    const stage = name.toLowerCase();
    if (isCode(code)) explainCode(code, terminal);
    else if (isStage(stage)) explainStage(stage, terminal);
    else throw unknown(name);
  });
};

const isCode = (name: string): name is ErrorCode => Object.hasOwn(errorCodes, name);
const isStage = (name: string): name is StageType => Object.hasOwn(stageDefinitions, name);

function unknown(name: string): PawlError {
  const codes = Object.keys(errorCodes);
  const guess = nearest(name.toUpperCase(), codes) ?? nearest(name, stageTypes);
  return new PawlError("NOT_ALLOWED", `${name} is neither an error code nor a stage type`, {
    expected: `a code that an error prints, or one of ${stageTypes.join(", ")}`,
    next: guess === undefined ? "the codes: docs/reference/errors.md" : `pawl explain ${guess}`,
  });
}

function explainCode(code: ErrorCode, terminal: Terminal): void {
  const failureClass = errorCodes[code];
  const explanation = { code, class: failureClass, ...errorExplanations[code], retries: retryRules[failureClass] };
  if (terminal.json) return terminal.out(JSON.stringify(explanation));
  const { bold } = terminal.colors;
  const text = (what: string) => wrapped(what, terminal.columns(), "  ", displayWidth);
  terminal.out(
    [
      bold(code),
      text(explanation.meaning),
      "what to do",
      text(explanation.fix),
      `a stage that fails with it (class ${failureClass})`,
      text(explanation.retries),
    ].join("\n"),
  );
}

function explainStage(uses: StageType, terminal: Terminal): void {
  const { summary, example, metrics } = stageDefinitions[uses];
  const settings = settingRows(uses);
  const outputs = outputRows(uses);
  if (terminal.json)
    return terminal.out(JSON.stringify({ stage: uses, summary, example, with: settings, outputs, metrics }));
  const { bold, dim } = terminal.colors;
  const row = (name: string, more: string, what: string): string[] => {
    const fits = displayWidth(`  ${name}  ${more}`) <= terminal.columns();
    const below = [...(fits ? [] : [more]), what].filter((text) => text !== "");
    const head = fits ? `  ${bold(name)}  ${dim(more)}` : `  ${bold(name)}`;
    return [head, ...below.map((text) => wrapped(text, terminal.columns(), "      ", displayWidth))];
  };
  terminal.out(
    [
      bold(uses),
      wrapped(summary, terminal.columns(), "  ", displayWidth),
      "example",
      example.trim().replaceAll(/^/gm, "  "),
      "with",
      ...settings.flatMap(({ name, type, required, standard, what: text }) =>
        row(name, [type, required ? "required" : standard && `default ${standard}`].filter(Boolean).join(", "), text),
      ),
      ...(outputs.length > 0 ? ["outputs"] : []),
      ...outputs.flatMap(({ name, kind, what: text }) => row(name, kind, text)),
      "metrics",
      ...Object.entries(metrics).flatMap(([name, { unit, description }]) => row(name, unit, description)),
    ].join("\n"),
  );
}
