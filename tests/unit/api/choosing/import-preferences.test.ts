import { importPreferences } from "../../../../api/choosing/preference-files.js";
import type { Question } from "../../../../api/choosing/question.js";
import type { Pair } from "../../../../formats/pairs.js";

const pairs: Pair[] = ["What holds?", "What turns?"].map((prompt) => ({
  ...{ prompt, first: "a pawl", second: "a wheel", reference: "" },
}));

/** Heron's question, and who has chosen through it. */
function heronsQuestion(): { question: Question; people: string[] } {
  const people: string[] = [];
  const question: Question = {
    ...{ runId: "asks-1", stage: "prefs", by: "heron" },
    look: () => Promise.resolve(undefined),
    pairs: () => Promise.resolve(pairs),
    send: (_name, { by = "heron" }) => {
      people.push(by);
      return Promise.resolve({ stage: "prefs", chosen: people.length, target: 2, closed: false });
    },
  };
  return { question, people };
}

/** A task for each name, with a choice of this person. */
const tasksOf = (...names: object[]): string =>
  JSON.stringify(
    names.map((named, i) => ({
      data: { prompt: pairs[i]!.prompt, answer1: "a pawl", answer2: "a wheel" },
      annotations: [annotation(named)],
    })),
  );

const annotation = ({ by, ...rest }: { by?: string }): object => ({
  ...rest,
  result: [{ type: "pairwise", value: { selected: "left" }, ...(by !== undefined && { meta: { by } }) }],
});

test.each([
  ["meta.by", { by: "egret" }],
  ["completed_by", { completed_by: { email: "egret" } }],
])("a file's %s names who chose, unless a token shows who imports it", async (_name, named) => {
  const free = heronsQuestion();
  await importPreferences(free.question, tasksOf(named), { isProved: false });
  expect(free.people).toEqual(["egret"]);
  const proved = heronsQuestion();
  await importPreferences(proved.question, tasksOf(named), { isProved: true });
  expect(proved.people).toEqual(["heron"]);
});

test("a file with choices of several people is nobody's own: it is refused before anything is changed", async () => {
  const { question, people } = heronsQuestion();
  const file = tasksOf({ by: "egret" }, { by: "tern" });
  await expect(importPreferences(question, file, { isProved: true })).rejects.toMatchObject({
    code: "NOT_ALLOWED",
    facts: { got: "egret, tern" },
  });
  expect(people).toEqual([]);
  await importPreferences(question, file, { isProved: false });
  expect(people).toEqual(["egret", "tern"]);
});
