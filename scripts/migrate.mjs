// `node scripts/migrate.mjs FILE…`: rewrites pipelines in today's notation, and in the shortest form
// that means the same: child pipelines named by their files, a stage named as a whole instead of one
// of its outputs, one item instead of a list of one. Comments and everything else stay as they are.
// A change is kept only if the compiled plan stays the same.
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
  const options = { text, file, ...projectFiles(process.cwd()), formerNotations: true };
  const { plan } = await compilePipeline(options);
  const { definitionDigest: _digest, files: _files, ...others } = plan;
  const stages = plan.stages.map(({ line: _line, child: _child, ...stage }) => {
    const settings = withLists(stage.with, withForm(stage.uses));
    return {
      ...stage,
      with: stage.uses === child ? { inputs: {}, ...settings, pipeline: childFile(settings.pipeline) } : settings,
    };
  });
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

const child = "pipeline";

/** The file of a child pipeline, which was named as in pipelines/ before. */
const childFile = (name) => (/[/.]/.test(name) ? name : `./pipelines/${name}.yaml`);

/**
 * Kinds of changes, each from the end of the text, so that earlier places stay where they are. A
 * change is a list of edits, the last place first.
 */
const passes = [childPipelines, wholeStages, removals, singleItems];

/** `uses: pipeline` becomes the file's name, and its inputs become its `with`. */
function* childPipelines(text) {
  for (const { value: stage } of parseDocument(text).get("stages").items.reverse()) {
    if (stage.get?.("uses") !== child) continue;
    const uses = stage.get("uses", true);
    const settings = stage.items.find(({ key }) => String(key) === "with");
    const inputs = settings.value.items.find(({ key }) => String(key) === "inputs");
    const named = { start: uses.range[0], end: uses.range[1], text: childFile(settings.value.get("pipeline")) };
    const edit = inputs === undefined ? removal(settings, text) : moved(inputs, settings.value, text);
    yield [named, edit].sort((a, b) => b.start - a.start);
  }
}

/** Puts a mapping in the place of the one that holds it: lines of a block move to the left. */
function moved({ key, value: inner }, outer, text) {
  const [start, end] = [outer.range[0], outer.range[1]];
  if (inner.flow) {
    const written = text.slice(inner.range[0], inner.range[1]);
    return { start, end, text: outer.flow ? written : `${written}\n` };
  }
  const columnOf = (place) => place - (text.lastIndexOf("\n", place - 1) + 1);
  const lines = text.slice(text.indexOf("\n", key.range[1]) + 1, inner.range[1]);
  const shift = " ".repeat(columnOf(inner.range[0]) - columnOf(start));
  return { start, end, text: lines.replaceAll(new RegExp(`^${shift}`, "gm"), "").trimStart() };
}

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
    yield [{ start, end, text: quoted(`\${{ ${whole} }}`, node.type === "QUOTE_DOUBLE") }];
  }
}

function* removals(text) {
  for (const { node } of settingsNodes(text))
    if (isMap(node))
      for (const pair of [...node.items].reverse()) if (String(pair.key) === "heldOut") yield [removal(pair, text)];
}

function* singleItems(text) {
  for (const { node, inFlow } of settingsNodes(text)) {
    if (!isSeq(node) || !node.flow || node.items.length !== 1 || !isScalar(node.items[0])) continue;
    const [start, end] = node.range;
    yield [{ start, end, text: scalar(node.items[0], text, inFlow) }];
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
    for (const edits of changes(found)) {
      const changed = edits.reduce(
        (text, { start, end, text: to }) => text.slice(0, start) + to + text.slice(end),
        found,
      );
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
