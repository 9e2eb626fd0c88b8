import { preferencesText, readPreferences } from "../../../formats/preference-files.js";
import type { Choices, Votes } from "../../../schemas/choices.js";

const pairs = [1, 2, 3, 4].map((i) => ({ prompt: `prompt ${i}`, first: `one ${i}`, second: `two\n${i}` }));
const votes: Votes = {
  heron: { 1: { choice: "first", note: "shorter" }, 2: { choice: "tie" } },
  egret: { 1: { choice: "second" }, 3: { choice: "bothBad" } },
};
const choices: Choices = { 1: "second", 2: "tie", 4: "first" };
const origin = { run: "poems-1", stage: "prefs" };

test("tasks of Label Studio have both responses, and an annotation for each person", () => {
  const tasks = JSON.parse(preferencesText("label-studio", pairs, { choices, votes }, origin)) as unknown[];
  expect(tasks).toHaveLength(4);
  expect(tasks[0]).toEqual({
    id: 1,
    data: { prompt: "prompt 1", answer1: "one 1", answer2: "two\n1", item: 1, ...origin },
    annotations: [
      {
        result: [
          {
            ...{ from_name: "comparison", to_name: "answer1,answer2", type: "pairwise" },
            ...{ value: { selected: "right" }, meta: { by: "egret" } },
          },
        ],
      },
      {
        result: [
          {
            ...{ from_name: "comparison", to_name: "answer1,answer2", type: "pairwise" },
            ...{ value: { selected: "left" }, meta: { by: "heron" } },
          },
          { from_name: "note", to_name: "prompt", type: "textarea", value: { text: ["shorter"] } },
        ],
      },
    ],
  });
  expect(tasks[3]).toMatchObject({ id: 4, annotations: [] });
});

test("what was exported for Label Studio is read back as it was", () => {
  const read = readPreferences(preferencesText("label-studio", pairs, { choices, votes }, origin), pairs);
  expect(read).toEqual([
    { item: 1, by: "egret", choice: "second" },
    { item: 1, by: "heron", choice: "first", note: "shorter" },
    { item: 2, by: "heron", choice: "tie" },
    { item: 3, by: "egret", choice: "bothBad" },
  ]);
});

test("JSON lines have the preferences that count, and are read back", () => {
  const text = preferencesText("jsonl", pairs, { choices }, origin);
  expect(text).toBe(
    '{"prompt":"prompt 1","chosen":"two\\n1","rejected":"one 1"}\n{"prompt":"prompt 4","chosen":"one 4","rejected":"two\\n4"}\n',
  );
  expect(readPreferences(text, pairs)).toEqual([
    { item: 1, choice: "second" },
    { item: 4, choice: "first" },
  ]);
});

test("an annotation made in Label Studio names its user, its sides may be swapped, and a canceled one is left out", () => {
  const pairwise = (selected: string) => ({ type: "pairwise", value: { selected } });
  const task = {
    data: { prompt: "prompt 2", answer1: "two\n2", answer2: "one 2" },
    annotations: [
      { completed_by: { email: "heron@example.org" }, result: [pairwise("left")] },
      { completed_by: 7, result: [pairwise("right")] },
      { completed_by: 8, was_cancelled: true, result: [pairwise("right")] },
      { completed_by: 9, result: [] },
    ],
  };
  expect(readPreferences(JSON.stringify([task]), pairs)).toEqual([
    { item: 2, by: "heron@example.org", choice: "second" },
    { item: 2, by: "Label Studio user 7", choice: "first" },
  ]);
});

const task = (data: object, more: object = {}): string => JSON.stringify([{ data, ...more }]);
const shown = { prompt: "prompt 1", answer1: "one 1", answer2: "two\n1" };
test.each([
  ["[", "the file is not JSON", "the file"],
  ["{}\n", "line 1 does not fit", "line 1"],
  ["\n{", "line 2 is not JSON", "line 2"],
  [
    '{"prompt":"prompt 1","chosen":"two\\n1","rejected":"one 1","rejected":"two\\n1","chosen":"one 1"}',
    "line 1 does not fit",
    "line 1",
  ],
  [
    '{"prompt":"prompt 1","chosen":"one 1","rejected":"other"}',
    "about responses that this stage does not show",
    "line 1",
  ],
  ["[1]", "task 1 does not fit", "task 1"],
  [task({ ...shown, prompt: "other" }), "about responses that this stage does not show", "task 1"],
  [task(shown, { annotations: 1 }), "task 1 does not fit", "task 1"],
  [task(shown, { annotations: [{}] }), "task 1 does not fit", "task 1"],
  [
    task(shown, { annotations: [{ result: [{ type: "pairwise", value: { selected: "up" } }] }] }),
    "task 1 does not fit",
    "task 1",
  ],
])("%s is refused", (text, message, where) => {
  expect(() => readPreferences(text, pairs)).toThrow(
    expect.objectContaining({
      code: "DATA_INVALID",
      message: expect.stringContaining(message),
      facts: expect.objectContaining({ where }),
    }),
  );
});
