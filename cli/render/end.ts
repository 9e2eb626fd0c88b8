import { combinationText } from "../../schemas/matrix.js";
import type { StageState } from "../../schemas/run.js";
import { failedStage, type RunView } from "../../api/reading/run-view.js";
import type { StageSample } from "../../report/run/samples.js";
import type { Colors, Terminal } from "../terminal.js";
import { shellWord } from "../../report/shell-word.js";
import { typeNames, type TypeName } from "../../report/type-names.js";
import { renderError } from "./error.js";
import { changedBy } from "./run-lines.js";
import { sign } from "./stage-line.js";
import { table } from "./table.js";
import { cut, oneLine, plain } from "./values.js";
import { displayWidth } from "./width.js";
import { statusWords } from "../../report/stage-words.js";
import { duration, shortNumber, visibleMetrics, metricsText } from "../../report/values.js";

type EndTerminal = Pick<Terminal, "colors" | "interactive" | "columns">;

/**
 * How a run ended: a table of its stages, its outputs, samples of its models, and what to do next.
 */
export function endText(
  view: RunView,
  samples: readonly StageSample[],
  { colors, interactive, columns }: EndTerminal,
): string {
  const { stages, plan } = view.state;
  const width = interactive ? columns() : Infinity;
  const parts = stages.length > 0 ? [stagesTable(stages, typeNames(plan), colors, width)] : [];
  const changed = view.state.stages.flatMap(changedBy);
  if (changed.length > 0) parts.push(changed.map((line) => `  ${line}`).join("\n"));
  const names = Object.keys(view.state.outputs);
  const nameWidth = Math.max(0, ...names.map((name) => name.length));
  const outputs = names.map((name) => `  ${name.padEnd(nameWidth)}  ${outputText(view.state.outputs[name])}`);
  if (outputs.length > 0) parts.push([colors.dim("outputs"), ...outputs].join("\n"));
  if (samples.length > 0) parts.push(samplesText(samples, colors));
  parts.push(...otherFailures(view, colors));
  return [...parts, verdict(view, colors)].join("\n\n");
}

/** Maximum number of metrics in a row of the table. */
const maxMetrics = 5;

/**
 * Where lines would be longer than `width`, stage types are left out, then the last metrics, so
 * that none is cut.
 */
function stagesTable(stages: readonly StageState[], typeName: TypeName, colors: Colors, width: number): string {
  const drawn = (metrics: number, withTypes: boolean): string[] => {
    const rows = [
      ["  stage", "uses", "status", "time", "metrics"],
      ...stages.map((stage) => stageRow(stage, typeName(stage), metrics, colors)),
    ];
    const [heads, ...body] = withTypes ? rows : rows.map(([id, , ...rest]) => [id!, ...rest]);
    return table(heads!, body, colors).split("\n");
  };
  const fits = (line: string): boolean => displayWidth(plain(line)) <= width;
  const full = drawn(maxMetrics, true);
  if (full.every(fits)) return full.join("\n");
  const fewer = Array.from({ length: maxMetrics }, (_, i) => drawn(maxMetrics - i, false));
  const shortest = fewer.at(-1)!;
  return shortest.map((line, i) => cut(fewer.find((lines) => fits(lines[i]!))?.[i] ?? line, width)).join("\n");
}

function stageRow(stage: StageState, type: string, most: number, colors: Colors): string[] {
  const { id, combination = {}, status, startedAtMs, endedAtMs, failure, reason } = stage;
  const time = startedAtMs === undefined || endedAtMs === undefined ? "" : duration(endedAtMs - startedAtMs);
  const summary = metricsText(visibleMetrics(stage), most) || (failure?.code ?? reason?.split("\n", 1)[0] ?? "");
  const cell = [combinationText(combination), summary].filter(Boolean).join("  ");
  return [`${sign(status, colors)} ${id}`, type, statusWords[status], time, cell];
}

/** Maximum length of a text, columns. The artifact has the full text. */
const maxTextLength = 200;
const shortened = (text: string): string => cut(text.replace(/\s+/g, " ").trim(), maxTextLength);

/** Each prompt, and below it what each stage's model wrote, so that stages can be compared. */
function samplesText(samples: readonly StageSample[], colors: Colors): string {
  const width = Math.max(...samples.map(({ stage }) => stage.length));
  const prompts = [...new Set(samples.map(({ prompt }) => prompt))];
  const lines = prompts.flatMap((prompt) => {
    const written = samples.filter((sample) => sample.prompt === prompt);
    const texts = written.map(({ stage, text }) => `    ${stage.padEnd(width)}  ${shortened(text)}`);
    return [`  ${colors.bold(oneLine(prompt))}`, ...texts];
  });
  return [colors.dim("samples"), ...lines].join("\n");
}

function verdict(view: RunView, colors: Colors): string {
  const { state, endedAtMs, startedAtMs } = view;
  const runId = oneLine(view.runId);
  const time = endedAtMs === undefined ? "" : ` in ${duration(endedAtMs - startedAtMs)}`;
  switch (state.status) {
    case "succeeded":
      return `${colors.green("succeeded")}${time}: ${runId}`;
    case "cancelled":
      return `${colors.yellow("canceled")}: ${runId}\n  next: ${colors.cyan(`pawl resume ${runId}`)}`;
    case "failed":
      return `${failureText(view, colors)}\n\n${colors.red("failed")}${time}: ${runId}\n  next: ${colors.cyan(nextAct(view))}`;
    case "loading":
    case "running":
    case "parked":
    case "waiting":
    case "paused":
      return `${state.status}: ${runId}\n  next: ${colors.cyan(`pawl watch ${runId}`)}`;
  }
}

/** Maximum number of failed stages that are explained beside the one that made the run fail. */
const maxExplained = 5;

/**
 * Failed stages beside the one that made the run fail: later ones, and those with
 * `onFailure: continue`.
 */
function otherFailures(view: RunView, colors: Colors): string[] {
  const explained = view.state.status === "failed" ? failedStage(view) : undefined;
  const others = view.state.stages.filter((stage) => stage.status === "failed" && stage.failure && stage !== explained);
  const more = others.length - maxExplained;
  return [
    ...others.slice(0, maxExplained).map((stage) => stageFailureText(stage, colors)!),
    ...(more > 0 ? [`and ${more} more failed stages: pawl status ${oneLine(view.runId)}`] : []),
  ];
}

function stageFailureText({ id, uses, failure }: StageState, colors: Colors): string | undefined {
  if (failure === undefined) return undefined;
  const stage = `stages.${id} (${uses})`;
  const where = [...new Set([stage, failure.facts.where])].filter(Boolean).join(", ");
  return renderError({ code: failure.code, message: failure.message, facts: { ...failure.facts, where } }, colors);
}

function failureText(view: RunView, colors: Colors): string {
  const stage = failedStage(view);
  const explained = stage && stageFailureText(stage, colors);
  if (explained !== undefined) return explained;
  const { code = "INTERNAL", message = "the run failed and recorded no reason" } = view.failure ?? {};
  // The compiler's report already has its codes and next steps.
  if (message.includes(code)) return message;
  return renderError({ code, message, facts: {} }, colors);
}

/**
 * An error of the definition or the request has to be fixed there: a resumed run would fail in the
 * same way.
 */
function nextAct(view: RunView): string {
  const { stages, plan, pipeline } = view.state;
  if (stages.length === 0) {
    const isRequest = ["INPUT_INVALID", "PIPELINE_NOT_FOUND"].includes(view.failure?.code ?? "");
    return `correct the ${isRequest ? "request" : "definition"}, then start the run again`;
  }
  const stage = failedStage(view);
  const cause = stage?.failure?.class;
  const ofOutputs = cause === undefined && view.failure?.message.startsWith("outputs: ") === true;
  // A stage with choices: another run would request all of them again. A child resumes with what it
  // has finished.
  if (stage?.choiceRequest !== undefined || stage?.child !== undefined) return `pawl resume ${view.runId}`;
  if (!ofOutputs && cause !== "configuration" && cause !== "divergence") return `pawl resume ${view.runId}`;
  const inputs = Object.keys(plan?.inputs ?? {}).length > 0 ? "with the same inputs: " : "";
  return `change ${ofOutputs ? "outputs" : "that"}, then pawl run ${shellWord(plan?.file ?? pipeline)} (${inputs}finished stages come from the cache)`;
}

function outputText(value: unknown): string {
  const { artifact, digest } = (value ?? {}) as { artifact?: unknown; digest?: unknown };
  if (typeof artifact === "string" && typeof digest === "string") return `${artifact} ${digest.slice(0, 12)}`;
  if (typeof value === "number") return shortNumber(value);
  return oneLine(typeof value === "string" ? value : JSON.stringify(value));
}
