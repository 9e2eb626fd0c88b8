import type { Json } from "../platform/json.js";
import { measurementLine } from "./run/measurement-text.js";
import { dateText, type Written } from "./run-page/document.js";
import { shellWord } from "./shell-word.js";
import { countVersions } from "./run-page/provenance.js";
import type { FinalModel } from "./run/sources.js";
import type { RunModel } from "./run/model.js";
import { duration, shortNumber } from "./values.js";
import { elapsedText } from "./stage-words.js";

/**
 * The model card of a run as Markdown, with the section names of Hugging Face's template. Source:
 * https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/templates/modelcard_template.md;
 * without the sections about which a run knows nothing (people, funding, societal impact).
 * @param found the model that the run leaves
 */
export function modelCard(model: RunModel, found: FinalModel, written: Written): string {
  const sections = [
    metadata(model, found),
    `# Model Card for ${line(model.plan.name)}\n\n${summary(model)}`,
    details(model, found),
    uses(model),
    limitations(model, found),
    getStarted(model, found),
    trainingDetails(model, found, written.nowMs),
    evaluation(model),
    specifications(model, found),
    `---\nWritten by Pawl ${written.version} at ${dateText(written.nowMs)}. The report beside this card has curves, samples and lineage.`,
  ];
  return `${sections.join("\n\n")}\n`;
}

/**
 * Text of the model, its data or its author, as Markdown text on one line: nothing in it is markup.
 */
export function line(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\`*_{}[\]<>#|!~]/g, (sign) => (sign === "<" ? "&lt;" : `\\${sign}`));
}

const table = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  [columns, columns.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

function metadata({ plan }: RunModel, { trainingData }: FinalModel): string {
  const licenses = distinctLicenses(trainingData);
  const tags = ["pawl", plan.name].map((tag) => `  - ${JSON.stringify(tag)}`);
  const datasets =
    licenses.length === 0 ? [] : [`# licenses of its training data: ${licenses.join(", ").replace(/\s+/g, " ")}`];
  return [
    "---",
    "library_name: transformers",
    "pipeline_tag: text-generation",
    "tags:",
    ...tags,
    ...datasets,
    "---",
  ].join("\n");
}

const distinctLicenses = (sources: FinalModel["trainingData"]): string[] => [
  ...new Set(sources.flatMap(({ license }) => license ?? [])),
];

const summary = ({ plan }: RunModel): string =>
  plan.description === undefined ? "A model that a Pawl pipeline has trained." : line(plan.description);

function details(
  { runId, plan, startedAtMs, status }: RunModel,
  { stage, digest, parameters, config }: FinalModel,
): string {
  const types = Array.isArray(config?.["architectures"]) ? config["architectures"] : [];
  const type = types.filter((one) => typeof one === "string").join(", ");
  const facts = [
    `- **Model type:** ${line(type) || "a language model"}`,
    ...(parameters === undefined ? [] : [`- **Parameters:** ${shortNumber(parameters)}`]),
    "- **License:** not declared; it depends on the training data below",
    `- **Made by:** stage \`${stage}\` of run ${line(runId)} (pipeline ${line(plan.name)}, ${status}, ${dateText(startedAtMs)})`,
    `- **Artifact:** \`${digest}\``,
  ];
  return `## Model Details\n\n### Model Description\n\n${facts.join("\n")}`;
}

const uses = ({ samples }: RunModel): string =>
  `## Uses\n\n### Direct Use\n\nThe evaluation below says what was measured${samples.length > 0 ? ", the samples show what the model writes" : ""}.

### Out-of-Scope Use\n\nNothing else has been measured: do not rely on the model for other tasks.`;

function limitations({ evaluations, problems }: RunModel, { unknown, trainingData }: FinalModel): string {
  const remarks = [
    ...evaluations.flatMap(({ stage, contamination }) =>
      (contamination?.remarks ?? []).map((remark) => `${stage}: ${remark}`),
    ),
    ...(evaluations.length === 0 ? ["The run has not evaluated the model."] : []),
    ...unknown.map((reason) => `What it has learned from is not known completely: ${reason}`),
    ...trainingData.flatMap(({ source, license }) =>
      license === undefined ? [`No license is declared for: ${source}`] : [],
    ),
    ...problems,
  ];
  const items = [...new Set(remarks)].map((remark) => `- ${line(remark)}`);
  const text = items.length > 0 ? items.join("\n") : "The run has recorded no warning.";
  return `## Bias, Risks, and Limitations\n\n${text}`;
}

function getStarted({ runId, plan }: RunModel, { stage }: FinalModel): string {
  const again = `pawl run ${shellWord(plan.file ?? plan.name)}${inputOptions(plan.inputs)} --seed ${plan.seed}`;
  const commands = [
    ["# talk to it", `pawl chat ${shellWord(runId)} --stage ${stage}`],
    ["# what it was made from", `pawl lineage ${shellWord(`${runId}/${stage}/model`)}`],
    ["# train it again", again],
  ];
  return `## How to Get Started with the Model\n\n\`\`\`sh\n${commands.flat().join("\n")}\n\`\`\``;
}

const inputOptions = (inputs: Readonly<Record<string, Json>>): string =>
  Object.entries(inputs)
    .map(
      ([name, value]) =>
        ` --input ${shellWord(`${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)}`,
    )
    .join("");

function trainingDetails(model: RunModel, { trainingData }: FinalModel, nowMs: number): string {
  const data = trainingData.map(({ digest, source, license, rows, bytes }) => [
    `\`${digest.slice(0, 12)}\``,
    line(source),
    line(license ?? "not declared"),
    shortNumber(rows),
    shortNumber(bytes),
  ]);
  const trained = new Set(model.curves.map(({ stage }) => stage));
  const stages = model.stages.filter(({ state }) => trained.has(state.id));
  const settings = stages.map(({ state, type, result }) => [
    `\`${state.id}\``,
    line(type),
    line(JSON.stringify(result === undefined ? {} : withoutArtifacts(result.with))),
  ]);
  const times = stages.map(({ state }) => `- \`${state.id}\`: ${elapsedText(state, nowMs)}`);
  return [
    "## Training Details\n\n### Training Data",
    data.length > 0 ? table(["data set", "source", "license", "rows", "bytes"], data) : "Not known.",
    "### Training Procedure\n\n#### Training Hyperparameters",
    `${settings.length > 0 ? table(["stage", "type", "settings that differ from the defaults"], settings) : "None recorded."}`,
    `Seed: ${model.plan.seed}.`,
    "#### Speeds, Sizes, Times",
    `${times.join("\n")}\n- the whole run: ${duration((model.endedAtMs ?? nowMs) - model.startedAtMs)}`.trim(),
  ].join("\n\n");
}

/** Settings without the artifacts: the lineage has those. */
function withoutArtifacts(settings: Readonly<Record<string, Json>>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => !JSON.stringify(value).includes('"artifact":')),
  );
}

function evaluation({ evaluations, samples }: RunModel): string {
  const results = evaluations.flatMap(({ stage, measurements, count }) =>
    measurements
      .filter(({ low, error }, i) => low !== undefined || error !== undefined || i === 0)
      .map((measurement) => [`\`${stage}\``, measurement.name, line(measurementLine(measurement)), line(count ?? "")]),
  );
  const texts = samples.map(({ stage, prompt, text }) => [
    line(prompt),
    `\`${stage}\``,
    line(text.slice(0, maxSampleLength)),
  ]);
  return [
    "## Evaluation\n\n### Testing Data, Factors & Metrics",
    "Intervals are 95 % confidence intervals; `pawl explain STAGE_TYPE` says what each metric is.",
    "### Results",
    results.length > 0 ? table(["stage", "metric", "value", "measured on"], results) : "None.",
    ...(texts.length > 0 ? ["### Samples", table(["prompt", "stage", "response"], texts)] : []),
  ].join("\n\n");
}

/** Characters of a sample in the card. */
const maxSampleLength = 300;

function specifications({ stages }: RunModel, { config }: FinalModel): string {
  const wanted = ["num_hidden_layers", "hidden_size", "num_attention_heads", "vocab_size", "max_position_embeddings"];
  const known = wanted.flatMap((name) =>
    config?.[name] === undefined ? [] : [`- ${name}: ${JSON.stringify(config[name])}`],
  );
  const versions = countVersions(stages).map(([what, value]) => `- ${what}: ${line(value)}`);
  return [
    "## Technical Specifications\n\n### Model Architecture and Objective",
    known.length > 0 ? known.join("\n") : "Not known: its configuration cannot be read.",
    "### Compute Infrastructure",
    versions.length > 0 ? versions.join("\n") : "Not recorded.",
  ].join("\n\n");
}
