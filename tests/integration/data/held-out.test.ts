import { holdOutLinks } from "../../../activities/hold-out-links.js";
import { socialNetwork } from "../../../activities/social-network.js";
import type { DatasetRow } from "../../../formats/dataset.js";
import type { ArtifactRef } from "../../../schemas/artifact.js";
import { fillSettings } from "../../support/datasets.js";
import { measureOverlap } from "../../support/overlap.js";
import { pipelineRows, shippedPipeline, type PipelineRows } from "../../support/pipelines.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { readTableColumns } from "../graph-featurize/support.js";

// What a shipped pipeline measures a model on stands in nothing that any of its models, or its
// tokenizer, has learned from.

let context: TestContext;
beforeEach(() => (context = testContext()));
afterEach(() => context.remove());

const row = (instruction: string, response = ""): DatasetRow => ({ instruction, response });

const known = new Map<string, PipelineRows>();
/** The rows of a shipped pipeline, which several tests here look at. */
async function rowsOf(name: string, inputs = {}): Promise<PipelineRows> {
  const rows = known.get(name) ?? (await pipelineRows(shippedPipeline(name, inputs), context));
  known.set(name, rows);
  return rows;
}

test("the overlap is found: of rows, of lines, of thirteen words in a row", () => {
  const passage = "one two three four five six seven eight nine ten eleven twelve thirteen";
  const learned: DatasetRow[] = [
    { text: "Sir?\nanother line" },
    { text: `before ${passage}, after` },
    row("What is 1 + 2?", "3"),
  ];
  const measured: DatasetRow[] = [
    { text: "a line of its own\n“Sir!”" },
    { text: passage.toUpperCase() },
    row("what is 1 + 2"),
    row("What is 1 - 2?"),
    row("What is 2 + 1?", "3"),
  ];
  expect(measureOverlap(measured, learned)).toEqual({
    rows: 5,
    knownRows: 1,
    lines: 6,
    knownLines: 2,
    knownPassages: 1,
  });
  expect(measureOverlap(measured, [])).toMatchObject({ knownRows: 0, knownLines: 0, knownPassages: 0 });
});

/**
 * Fewer documents than by default: those are about the same chapters, all of which stand in
 * `chapters`.
 */
const fewer = { shortDocuments: 1000, longDocuments: 60 };

test.each([
  ["tiny", {}, ["glossary.heldOut", "text.heldOut"]],
  ["tiny-rl", {}, ["questions.heldOut"]],
  ["sweep", {}, ["glossary.heldOut", "text.heldOut"]],
  ["release", {}, ["text.heldOut"]],
  ["long-context", fewer, ["chapters-held-out.train"]],
  ["puzzles", {}, ["words.heldOut"]],
])("%s: no row, line or passage that is measured has been learned", async (name, inputs, outputs) => {
  const { learned, measured } = await rowsOf(name, inputs);
  expect([...measured.keys()]).toEqual(outputs);
  for (const rows of measured.values()) {
    const overlap = measureOverlap(rows, [...learned.values()].flat());
    expect(overlap.rows).toBeGreaterThan(0);
    expect(overlap).toMatchObject({ knownRows: 0, knownLines: 0, knownPassages: 0 });
  }
});

test("tiny-rl: no addition is measured of which the same terms have been learned in another order", async () => {
  const { learned, measured } = await rowsOf("tiny-rl");
  const problem = (of: DatasetRow) =>
    ("instruction" in of ? of.instruction : "")
      .match(/\+|-|\d+/g)!
      .toSorted()
      .join(" ");
  const known = new Set(learned.get("questions.train")!.map(problem));
  expect(measured.get("questions.heldOut")!.filter((one) => known.has(problem(one)))).toEqual([]);
});

interface Needle {
  statement: string;
  question: string;
  words: { key: string; values: string[] }[];
}

test("long-context: no word and no phrase of the needles has been learned", async () => {
  const definition = shippedPipeline("long-context", fewer);
  const needles = ["dense", "local", "sparse"].map((stage) => definition.stages[stage]!.with["needle"] as Needle);
  const { statement, question, words } = needles[0]!;
  expect(needles[1]).toEqual(needles[0]);
  expect(needles[2]).toEqual(needles[0]);
  const all = words.flatMap(({ key, values }) => [key, ...values]);
  expect(new Set(all).size).toBe(all.length);

  const { learned } = await rowsOf("long-context", fewer);
  const text = [...learned.values()]
    .flat()
    .map((one) => ("text" in one ? one.text : ""))
    .join("\n");
  const known = new Set(text.toUpperCase().match(/[A-Z]+(-[A-Z]+)*/g));
  expect(all.filter((word) => known.has(word))).toEqual([]);
  // A template with any synthetic words in it; the same way the templates of the documents are
  // found.
  const anyWords = (template: string) =>
    new RegExp(
      `^${template
        .trim()
        .replace(/\{\w+\}/g, "[BDFGHJKLMNPRSTVZ][AEIOU]-[BDFGHJKLMNPRSTVZ][AEIOU]")
        .replace(".", "\\.")}`,
      "gm",
    );
  expect(text.match(anyWords(statement))).toBeNull();
  expect(text.match(anyWords(question))).toBeNull();
  expect(text.match(anyWords("[A-Za-z ]+[,;:]? {key} {value}."))!.length).toBeGreaterThan(5000);
});

describe("graph-features", () => {
  const { stages } = shippedPipeline("graph-features");
  const pairsOf = async (ref: ArtifactRef<"table">, from: string, to: string) => {
    const columns = await readTableColumns(context, ref);
    return columns[from]!.map((cell, i) => [cell!, columns[to]![i]!] as const);
  };
  const ordered = ([a, b]: readonly [string, string]) => `${a} ${b}`;
  const unordered = ([a, b]: readonly [string, string]) => [a, b].toSorted().join(" ");

  test("follows: features come from no edge that is predicted, and no pair is predicted twice", async () => {
    const network = await socialNetwork(fillSettings("social-network", stages["network"]!.with), context);
    const from = { edges: { table: network.outputs.edges } };
    const { outputs } = await holdOutLinks(fillSettings("hold-out-links", from), context);
    const kept = (await pairsOf(outputs.edges, "follower", "followed")).map(ordered);
    const pairs = (await pairsOf(outputs.nodePairs, "source", "target")).map(ordered);
    const known = new Set(kept);
    expect(pairs.filter((pair) => known.has(pair))).toEqual([]);
    expect(new Set(pairs).size).toBe(pairs.length);
    // A pair and the same the other way round are two rows, of one group.
    expect(stages["follows"]!.with["group"]).toBe("pair");
  });

  test("flights: the same, whichever way a route is named", async () => {
    const { outputs } = await holdOutLinks(fillSettings("hold-out-links", stages["routes"]!.with), context);
    const kept = new Set((await pairsOf(outputs.edges, "origin", "destination")).map(unordered));
    const pairs = (await pairsOf(outputs.nodePairs, "source", "target")).map(unordered);
    expect(pairs.filter((pair) => kept.has(pair))).toEqual([]);
    expect(new Set(pairs).size).toBe(pairs.length);
  });

  test("subscribers: the label is no feature, and no account is there twice", async () => {
    const settings = stages["features"]!.with as { neighbors: { attribute: string }[] };
    expect(settings.neighbors.map(({ attribute }) => attribute)).not.toContain("subscriber");
    const network = await socialNetwork(fillSettings("social-network", stages["network"]!.with), context);
    const { id } = await readTableColumns(context, network.outputs.nodes);
    expect(new Set(id).size).toBe(id!.length);
  });
});
