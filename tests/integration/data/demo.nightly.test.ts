import { dataset } from "../../../activities/dataset.js";
import type { InstructionRow } from "../../../formats/dataset.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { readDatasetRows, fillSettings } from "../../support/datasets.js";
import { measureOverlap } from "../../support/overlap.js";
import { root, shippedPipeline } from "../../support/pipelines.js";

const demo = shippedPipeline("llm-from-scratch").stages;

/** Questions that the chat model learns from. */
const learned = [
  "facts",
  "two-facts",
  "unknown",
  "words",
  "glossary",
  "addition",
  "code",
  "summaries",
  "summaries-invented",
  "stories",
];

let context: TestContext;
const rows = new Map<string, InstructionRow[]>();
const questions = (stage: string) => rows.get(stage)!;
beforeAll(async () => {
  context = testContext();
  for (const stage of Object.keys(demo).filter((id) => demo[id]!.uses === "dataset" && !isText(id)))
    rows.set(stage, (await readDatasetRows(context, (await resultOf(stage)).outputs.train)) as InstructionRow[]);
});
afterAll(() => context.remove());

const isText = (stage: string) => ["speeches", "novel", "definitions"].includes(stage);

/**
 * Runs a dataset stage. `file` sources lie below Pawl's own directory; the store stays in the
 * temporary one.
 */
const run = (settings: object) => dataset(fillSettings("dataset", settings), { ...context, workingDirectory: root });

const results = new Map<string, ReturnType<typeof run>>();
/** The result of one of the demo's stages, which runs once. */
function resultOf(stage: string): ReturnType<typeof run> {
  const result = results.get(stage) ?? run(demo[stage]!.with);
  results.set(stage, result);
  return result;
}

test("all that is learned from questions is among these", () => {
  const data = demo["chat"]!.with["data"] as (string | { data: string })[];
  const stages = data.map((one) => /stages\.([\w-]+)/.exec(typeof one === "string" ? one : one.data)![1]!);
  expect(stages.filter((stage) => !isText(stage)).toSorted()).toEqual(learned.toSorted());
});

// Thirteen words in a row of summaries and stories may be those of their form and a region's name
// of several words.
test.each([
  ["facts-second", 480, 0],
  ["unknown-second", 300, 0],
  ["two-facts-unseen", 700, 0],
  ["summaries-unseen", 350, 100],
  ["story-prompts-unseen", 470, 8],
  ["addition-unseen", 200, 0],
  ["code-unseen", 100, 0],
])("%s: no row of its %i or more has been learned, and passages of %i", (stage, least, knownPassages) => {
  const practice = ["addition-practice", "code-practice", "story-prompts"];
  const known = [...learned, ...practice].flatMap(questions);
  const overlap = measureOverlap(questions(stage), known);
  expect(overlap.rows).toBeGreaterThanOrEqual(least);
  expect(overlap).toMatchObject({ knownRows: 0, knownPassages });
});

const entities = (stage: string) => new Set(questions(stage).map(({ entity }) => entity!));

test("countries that are held out stand in no story, summary, two-fact question or prompt for a story", () => {
  for (const stage of ["story-prompts-unseen", "two-facts-unseen", "summaries-unseen"]) {
    expect(entities(stage).size).toBeGreaterThanOrEqual(100);
    for (const taught of ["story-prompts", "two-facts", "summaries"])
      expect([...entities(stage)].filter((name) => entities(taught).has(name))).toEqual([]);
    const stories = questions("stories").map(({ instruction }) => instruction);
    expect([...entities(stage)].filter((name) => stories.includes(`Tell me about ${name}.`))).toEqual([]);
  }
});

test("facts of every country that is asked for are taught", () => {
  for (const stage of ["facts-second", "two-facts-unseen", "story-prompts-unseen"])
    expect([...entities(stage)].filter((name) => !entities("facts").has(name))).toEqual([]);
});

test("invented names are no country's, and those asked for are other ones than those taught", () => {
  expect(entities("unknown-second").size).toBeGreaterThanOrEqual(200);
  for (const stage of ["unknown", "facts"])
    expect([...entities("unknown-second")].filter((name) => entities(stage).has(name))).toEqual([]);
  for (const stage of ["unknown", "unknown-second"])
    expect(new Set(questions(stage).map(({ response }) => response))).toEqual(new Set(["I do not know."]));
});

/** A question without what stands before and after it. */
const bare = (instruction: string): string =>
  instruction
    .replace(
      /^(A question:|Next:|Now this\.|Item two:|Trivia\.|My turn:|I wonder:|For school:|Geography:|Riddle three:|Homework, part six:) /,
      "",
    )
    .replace(/^(Exam:|Crossword clue,|Teacher asks:|Kids, listen:|Puzzle:|Hmm,|Okay, number five:) /, "")
    .replace(/ (Thank you|I forget|Be brief|Just that)\.$/, "");

test("the second wordings share no five words in a row with the first, the name aside", () => {
  const wordings = (stage: string) =>
    new Set(questions(stage).map(({ instruction, entity }) => bare(instruction).replaceAll(entity!, "NAME")));
  const runs = (wording: string) => {
    const words = wording.toLowerCase().match(/\w+/g)!;
    return words.map((_, i) => words.slice(i, i + 5)).filter(({ length }) => length === 5);
  };
  const first = new Set([...wordings("facts")].flatMap(runs).map((words) => words.join(" ")));
  expect(wordings("facts").size).toBe(124);
  expect(wordings("facts-second").size).toBe(16);
  const shared = [...wordings("facts-second")].flatMap(runs).filter((words) => first.has(words.join(" ")));
  expect(shared).toEqual([]);
});

test("one question has one answer", () => {
  const answers = new Map<string, string>();
  for (const name of learned.filter((stage) => stage !== "stories" && stage !== "addition"))
    for (const { instruction, response } of questions(name)) {
      const known = answers.get(instruction);
      if (known !== undefined && known !== response) throw new Error(`${instruction}: ${known} / ${response}`);
      answers.set(instruction, response);
    }
  expect(answers.get("What is the capital of Benin?")).toBe("Porto-Novo");
  expect(answers.get("Tell me what an LLM is.")).toContain("large language model");
  expect(answers.has("What is an LLM?")).toBe(false);
});

/**
 * The first digits of the digests of both outputs: rows held out are empty where a stage holds none
 * out.
 */
test.each([
  ["definitions", "cacc1bd80e1e9762", "77486596ce073af5"],
  ["facts", "46089178e1b3e990", "e2d259c2e8b7bb44"],
  ["facts-second", "ce41b7d1605f8ba2", "e2d259c2e8b7bb44"],
  ["unknown", "1deac6a3902c333d", "e2d259c2e8b7bb44"],
  ["unknown-second", "d232ed4afd844fae", "e2d259c2e8b7bb44"],
  ["two-facts", "43e2457243edbb73", "e2d259c2e8b7bb44"],
  ["two-facts-unseen", "ab2c818cd59b5332", "e2d259c2e8b7bb44"],
  ["summaries", "f362bf7803c0b71f", "e2d259c2e8b7bb44"],
  ["summaries-invented", "762fba228346a53d", "e2d259c2e8b7bb44"],
  ["summaries-unseen", "87667ecb39725203", "e2d259c2e8b7bb44"],
  ["stories", "e71c04c9e8a54c03", "e2d259c2e8b7bb44"],
  ["story-prompts", "1c615687fe188764", "e2d259c2e8b7bb44"],
  ["story-prompts-unseen", "3c63a18aa5fe1ec4", "e2d259c2e8b7bb44"],
  ["words", "e26672ad0c5ee5da", "986a8606aed11374"],
  ["glossary", "e8090181ad25f972", "752ae478e3a173f7"],
  ["addition", "cbf9ae469cb764b0", "0e1b4ecf294bc2b1"],
  ["addition-practice", "2ce8d14aa3907fc2", "0e1b4ecf294bc2b1"],
  ["addition-unseen", "5d5a611efbb81144", "0e1b4ecf294bc2b1"],
  ["code", "b8ec1e34859f5d01", "0e1b4ecf294bc2b1"],
  ["code-practice", "5c162c7deeef42f7", "0e1b4ecf294bc2b1"],
  ["code-unseen", "307b5e6eb9eeb4d7", "0e1b4ecf294bc2b1"],
])("the rows of %s are those that the metrics were measured with", async (stage, train, heldOut) => {
  const { outputs } = await resultOf(stage);
  expect([outputs.train.digest.slice(0, 16), outputs.heldOut.digest.slice(0, 16)]).toEqual([train, heldOut]);
});

test("those of long-context are the same every time", async () => {
  const { long, short } = shippedPipeline("long-context", { shortDocuments: 300 }).stages;
  expect((await run(short!.with)).outputs.train.digest.slice(0, 16)).toBe("d120daeeddfeb730");
  expect((await run(long!.with)).outputs.train.digest.slice(0, 16)).toBe("87bf3980096c915c");
});
