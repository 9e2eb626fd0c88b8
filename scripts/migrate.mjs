// `node scripts/migrate.mjs FILE…`: rewrites pipelines in the shortest form that means the same: a
// stage named as a whole instead of one of its outputs, one item instead of a list of one. Comments
// and everything else stay as they are. A change is kept only if the compiled plan stays the same.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isMap, isScalar, isSeq, parseDocument } from "yaml";
import { build } from "./setup/build.mjs";
import { root } from "./setup/generated.mjs";

build(root);
const { compilePipeline } = await import("../dist/compiler/compile.js");
const { takesOneItem } = await import("../dist/compiler/definition/shorthand.js");
const { memberSchema } = await import("../dist/compiler/schema/schema.js");
const { withForm } = await import("../dist/compiler/schema/forms.js");
const { canonicalJson } = await import("../dist/platform/text/canonical-json.js");
const { projectFiles } = await import("../dist/worker/project/project-files.js");

const wholeOutput = /^\$\{\{ (stages\.[A-Za-z0-9_-]+)\.outputs\.[A-Za-z0-9_-]+ \}\}$/;

/** What a definition means: its stages, with a list of one for each single item. */
async function meaning(text, file) {
  const { plan } = await compilePipeline({ text, file, ...projectFiles(process.cwd()) });
  const { definitionDigest: _digest, files: _files, ...others } = plan;
  const stages = plan.stages.map(({ line: _line, ...stage }) => ({
    ...stage,
    with: withLists(stage.with, withForm(stage.uses)),
  }));
  return canonicalJson({ ...others, stages });
}

function withLists(value, schema) {
  if (schema === undefined || value === null) return value;
  if (takesOneItem(schema) && !Array.isArray(value)) return withLists([value], schema);
  if (Array.isArray(value)) return value.map((item) => withLists(item, schema.items));
  if (typeof value !== "object") return value;
  const members = Object.entries(value);
  return Object.fromEntries(members.map(([name, member]) => [name, withLists(member, memberSchema(schema, name))]));
}

/** Kinds of changes, each from the end of the text, so that earlier places stay where they are. */
const passes = [wholeStages, removals, singleItems];

/** The settings of the stages of a text, and whether each node stands in a flow collection. */
function* settingsNodes(text) {
  const stages = parseDocument(text).get("stages");
  const settings = stages.items.map(({ value }) => value.get?.("with")).filter((node) => isMap(node));
  for (const node of settings.reverse()) yield* nodesIn(node, false);
}

function* nodesIn(node, inFlow) {
  const isFlow = inFlow || node.flow === true;
  const below = isMap(node) ? node.items.map(({ value }) => value) : isSeq(node) ? node.items : [];
  for (const one of [...below].reverse()) if (one) yield* nodesIn(one, isFlow);
  yield { node, inFlow };
}

function* wholeStages(text) {
  for (const { node } of settingsNodes(text)) {
    const whole = isScalar(node) ? wholeOutput.exec(node.value)?.[1] : undefined;
    if (whole === undefined) continue;
    const [start, end] = node.range;
    yield { start, end, text: quoted(`\${{ ${whole} }}`, node.type === "QUOTE_DOUBLE") };
  }
}

function* removals(text) {
  for (const { node } of settingsNodes(text))
    if (isMap(node))
      for (const pair of [...node.items].reverse()) if (String(pair.key) === "heldOut") yield removal(pair, text);
}

function* singleItems(text) {
  for (const { node, inFlow } of settingsNodes(text)) {
    if (!isSeq(node) || !node.flow || node.items.length !== 1 || !isScalar(node.items[0])) continue;
    const [start, end] = node.range;
    yield { start, end, text: scalar(node.items[0], text, inFlow) };
  }
}

const quoted = (value, withQuotes) => (withQuotes ? `"${value}"` : value);

/** A scalar outside of the list that it was in: without quotes if it no longer needs them. */
function scalar(node, text, inFlow) {
  const written = text.slice(node.range[0], node.range[1]);
  return !inFlow && node.type === "QUOTE_DOUBLE" && node.value.startsWith("${{") ? node.value : written;
}

/** Takes away a key with its value: its line, or what separates it from the key before. */
function removal({ key, value }, text) {
  const lineStart = text.lastIndexOf("\n", key.range[0]) + 1;
  const ownLine = text.slice(lineStart, key.range[0]).trim() === "";
  const end = ownLine ? text.indexOf("\n", value.range[1] - 1) + 1 : value.range[1];
  const start = ownLine ? lineStart : text.lastIndexOf(",", key.range[0]);
  return { start, end, text: "" };
}

async function shortened(text, file) {
  const wanted = await meaning(text, file);
  let found = text;
  for (const changes of passes)
    for (const { start, end, text: to } of changes(found)) {
      const changed = found.slice(0, start) + to + found.slice(end);
      const isSame = await meaning(changed, file).then(
        (other) => other === wanted,
        () => false,
      );
      if (isSame) found = changed;
    }
  return found;
}

for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, "utf8");
  const result = await shortened(text, path.relative(process.cwd(), file));
  if (result !== text) writeFileSync(file, result);
  console.log(`${file}  ${text.split("\n").length - 1} -> ${result.split("\n").length - 1} lines`);
}
