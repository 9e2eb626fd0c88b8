import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { dataset } from "../../../activities/dataset.js";
import type { DatasetRow } from "../../../formats/dataset.js";
import { put, readDatasetRows, fillSettings } from "../../support/datasets.js";
import { root, shippedPipeline } from "../../support/pipelines.js";
import { testContext, type TestContext } from "../../support/stage-context.js";

// The queries of pipelines/conversations.yaml, on conversations of the same form: its data are
// downloaded.

let context: TestContext;
beforeEach(() => (context = testContext()));
afterEach(() => context.remove());

/**
 * Whether conversations with someone are held out: a digest of the name decides, its lower 64 bits.
 */
const isUnseen = (person: string): boolean => {
  const digest = createHash("md5").update(person).digest();
  return digest.readBigUInt64LE(8) % 10n === 9n;
};
const people = Array.from({ length: 40 }, (_, i) => `person ${i}`);

/** Each talks with the next; whoever speaks says so, in two messages the second time. */
const conversations = Object.fromEntries(
  people.slice(1).map((one, i) => {
    const other = people[i]!;
    const say = (sender: string, ...texts: string[]) => texts.map((text) => ({ text: `${sender} ${text}`, sender }));
    const messages = [say(one, `greets\n ${other}`), say(other, "answers", `asks ${one}`), say(one, "tells"), []];
    return [`conversation ${i}`, { ratings: {}, start: "now", messages }];
  }),
);

async function rows(stage: string): Promise<DatasetRow[]> {
  put(context, "dataset.json", JSON.stringify(conversations));
  const settings = shippedPipeline("conversations", { preferences: 1000 }).stages[stage]!.with;
  const query = settings["query"] as { file: string };
  put(context, "query.sql", readFileSync(path.join(root, query.file)));
  const here = { ...settings, source: { file: "dataset.json" }, query: { ...query, file: "query.sql" } };
  const { outputs } = await dataset(fillSettings("dataset", here), context);
  return readDatasetRows(context, outputs.train);
}

const words = (row: DatasetRow): string => ("text" in row ? row.text : JSON.stringify(row));
const speakers = (all: readonly DatasetRow[]) =>
  new Set(all.flatMap((row) => words(row).match(/person \d+(?= (?:greets|answers|tells))/g) ?? []));

test("who is held out says nothing in what is learned from; every conversation is on one side", async () => {
  const unseen = people.filter(isUnseen);
  expect(unseen.length).toBeGreaterThan(2);
  const [texts, textsUnseen] = [await rows("conversations"), await rows("conversations-unseen")];
  expect(texts.length + textsUnseen.length).toBe(people.length - 1);
  for (const learned of [texts, await rows("answers"), await rows("choices")]) {
    expect(learned.length).toBeGreaterThan(10);
    expect([...speakers(learned)].filter(isUnseen)).toEqual([]);
  }
  for (const held of [textsUnseen, await rows("choices-unseen")])
    expect([...speakers(held)].filter(isUnseen).toSorted()).toEqual(unseen.toSorted());
});

test("an answer is what was said next, by the other; the other choice is another message's", async () => {
  expect((await rows("conversations"))[0]).toEqual({
    text: "person 1 greets person 0\nperson 0 answers person 0 asks person 1\nperson 1 tells",
  });
  expect((await rows("answers")).slice(0, 2)).toEqual([
    {
      instruction: "person 1 greets person 0",
      response: "person 0 answers person 0 asks person 1",
      entity: "conversation 0",
    },
    { instruction: "person 0 answers person 0 asks person 1", response: "person 1 tells", entity: "conversation 0" },
  ]);
  const choices = (await rows("choices")) as { chosen: string; rejected: string }[];
  expect(choices.filter(({ chosen, rejected }) => chosen === rejected)).toEqual([]);
  // One pair stands where short answers end and long ones begin.
  const isFar = ({ chosen, rejected }: (typeof choices)[number]) => Math.abs(rejected.length - chosen.length) > 4;
  expect(choices.filter(isFar).length).toBeLessThan(2);
});
