import { writeFileSync } from "node:fs";
import path from "node:path";
import { generateProblems } from "../../../activities/dataset/generators/index.js";
import type { InstructionRow } from "../../../formats/dataset.js";
import { PawlError } from "../../../platform/errors.js";
import { problemTasks, type GeneratorSettings, type ProblemTask } from "../../../schemas/fields/generator.js";
import { catchFailure, runDataset } from "../../support/datasets.js";
import { runPython, testWithPython } from "../../support/python.js";
import { closeAll, scored, type Pair } from "../../support/scoring.js";
import { testContext, type TestContext } from "../../support/stage-context.js";

let context: TestContext;
beforeEach(() => (context = testContext()));
afterEach(async () => {
  await closeAll();
  context.remove();
});

const problemsOf = (settings: Partial<GeneratorSettings> & { task: ProblemTask }, seed = 1) => [
  ...generateProblems({ problems: 500, ...settings }, seed, "with.source.generator"),
];
/** What makes responses of a task right. */
const verifiers = { "chain-sum": "number", "simple-equation": "number", "spell-backward": "exact" } as const;

test("the problems of a seed are what they are, on every machine", () => {
  const first = problemTasks.map((task) => problemsOf({ task, problems: 2 }));
  expect(first).toMatchInlineSnapshot(`
    [
      [
        {
          "instruction": "What is 85 - 45 + 68?",
          "response": "108",
          "task": "chain-sum",
        },
        {
          "instruction": "What is 1 + 8 + 4?",
          "response": "13",
          "task": "chain-sum",
        },
      ],
      [
        {
          "instruction": "What is x if 7 * x - 57 = 587?",
          "response": "92",
          "task": "simple-equation",
        },
        {
          "instruction": "What is x if 2 * x - 35 = 81?",
          "response": "58",
          "task": "simple-equation",
        },
      ],
      [
        {
          "instruction": "Spell rum backward.",
          "response": "mur",
          "task": "spell-backward",
        },
        {
          "instruction": "Spell dopuz backward.",
          "response": "zupod",
          "task": "spell-backward",
        },
      ],
    ]
  `);
});

test.each(problemTasks)("%s: no problem twice; fewer are the first of more; the seed decides", (task) => {
  const problems = problemsOf({ task });
  expect(new Set(problems.map(({ instruction }) => instruction)).size).toBe(500);
  expect(problemsOf({ task, problems: 100 })).toEqual(problems.slice(0, 100));
  expect(problemsOf({ task, seed: 7 }, 1)).toEqual(problemsOf({ task }, 7));
  expect(problemsOf({ task }, 7)).not.toEqual(problems);
});

test("a chain-sum keeps to its ranges, and is right", () => {
  const problems = problemsOf({ task: "chain-sum", terms: [2, 4], digits: [1, 3], problems: 2000 });
  const counts = new Set<number>();
  const sizes = new Set<number>();
  for (const { instruction, response } of problems) {
    const [first, ...rest] = [...instruction.matchAll(/(?:([+-]) )?(\d+)/g)];
    let sum = Number(first![2]);
    for (const [, sign, digits] of rest) sum += sign === "-" ? -Number(digits) : Number(digits);
    expect(response).toBe(String(sum));
    counts.add(rest.length + 1);
    for (const [, , digits] of [first!, ...rest]) sizes.add(digits!.length);
  }
  expect([counts, sizes]).toEqual([new Set([2, 3, 4]), new Set([1, 2, 3])]);
});

test("terms in another order are the same problem, with the same text, whatever the seed", () => {
  const all = [1, 2, 3].flatMap((seed) => problemsOf({ task: "chain-sum", terms: [2, 4], digits: [1, 1] }, seed));
  const texts = new Map<string, string>();
  for (const { instruction } of all) {
    const terms = instruction
      .replace("What is ", "+ ")
      .replace("?", "")
      .match(/[+-] \d+/g)!;
    const problem = terms.toSorted().join(" ");
    expect(texts.get(problem) ?? instruction).toBe(instruction);
    texts.set(problem, instruction);
  }
  expect(texts.size).toBeLessThan(all.length);
});

test("a simple-equation has the solution, and numbers in its range", () => {
  for (const { instruction, response } of problemsOf({ task: "simple-equation", digits: [2, 2] })) {
    const [, factor, sign, offset, result] = /^What is x if (\d) \* x ([+-]) (\d\d) = (-?\d+)\?$/.exec(instruction)!;
    const shift = sign === "-" ? -Number(offset) : Number(offset);
    expect(Number(factor) * Number(response) + shift).toBe(Number(result));
    expect(response).toHaveLength(2);
  }
});

test("spell-backward: the last letter first", () => {
  for (const { instruction, response } of problemsOf({ task: "spell-backward", letters: [4, 5] })) {
    expect(instruction).toMatch(/^Spell [a-z]{4,5} backward\.$/);
    expect(`Spell ${[...response].toReversed().join("")} backward.`).toBe(instruction);
  }
});

test("ranges without enough problems are refused: the error says how many there are", () => {
  const work = () => problemsOf({ task: "chain-sum", terms: [2, 2], digits: [1, 1] });
  expect(work).toThrow(PawlError);
  // 55 sums of two numbers of one digit without order, and 100 differences.
  expect(work).toThrow(
    expect.objectContaining({
      code: "OUT_OF_RANGE",
      facts: expect.objectContaining({ got: "155, then 10000 draws without a new one" }) as object,
    }),
  );
});

describe("as a source", () => {
  const source = (more: Partial<GeneratorSettings> = {}) => ({
    source: { generator: { task: "chain-sum", problems: 400, ...more } },
  });

  test("rows with their task; a problem is held out whatever the seed and the number of problems", async () => {
    const first = await runDataset(context, { ...source({ digits: [1, 1] }), heldOut: 0.2 });
    const other = await runDataset(context, { ...source({ digits: [1, 1], seed: 9, problems: 300 }), heldOut: 0.2 });
    expect(first.train[0]).toMatchObject({ task: "chain-sum" });
    expect(first.train.length + first.heldOut.length).toBe(400);
    const questions = (rows: object[]) => rows.map((row) => (row as InstructionRow).instruction);
    const learned = new Set(questions([...first.train, ...other.train]));
    const heldOut = questions([...first.heldOut, ...other.heldOut]);
    expect(heldOut.filter((question) => learned.has(question))).toEqual([]);
    expect(heldOut.length).toBeGreaterThan(80);
    expect(new Set(heldOut).size).toBeLessThan(heldOut.length);
  });

  test("the run's seed is that of the problems, where the generator has none", async () => {
    const other = testContext(2);
    try {
      const digest = async (of: TestContext, more = {}) => (await runDataset(of, source(more))).outputs.train.digest;
      expect(await digest(other)).not.toBe(await digest(context));
      expect(await digest(other, { seed: 1 })).toBe(await digest(context));
    } finally {
      other.remove();
    }
  });

  test("a query works on the problems", async () => {
    const query = "SELECT instruction || ' = ' || response AS text FROM data";
    const { train } = await runDataset(context, { ...source(), query });
    expect(train[0]).toMatchObject({ text: expect.stringMatching(/^What is .*\? = -?\d+$/) as string });
  });

  test("too few problems: the error names the setting", async () => {
    const failure = await catchFailure(runDataset(context, source({ terms: [2, 2], digits: [1, 1] })));
    expect(failure).toMatchObject({ code: "OUT_OF_RANGE", facts: { where: "with.source.generator" } });
  });
});

interface Compared {
  scores: number[][];
  solutions: string[];
  own: { question: string; answer: string }[];
}

testWithPython(
  ["reasoning_gym"],
  "reasoning-gym's verifiers and ours agree, on our problems and on its own",
  async () => {
    const names = {
      "chain-sum": "chain_sum",
      "simple-equation": "simple_equations",
      "spell-backward": "spell_backward",
    };
    const given = problemTasks.map((task) => ({
      task: names[task],
      rows: problemsOf({ task, problems: 200 }).map((row, i, all) => ({
        ...row,
        candidates: [row.response, all[(i + 1) % all.length]!.response, `${row.response}1`, ""],
      })),
    }));
    const file = path.join(context.workingDirectory, "given.json");
    writeFileSync(file, JSON.stringify(given));
    const results = runPython<Compared[]>(path.join(__dirname, "../../support/reasoning_gym_scores.py"), file);
    for (const [i, task] of problemTasks.entries()) {
      const { scores, solutions, own } = results[i]!;
      const { rows } = given[i]!;
      expect(solutions).toEqual(rows.map(({ response }) => response));
      // Theirs give parts of a point for what holds or resembles the answer; ours say right or
      // wrong.
      const pairs = rows.flatMap(({ candidates, response }) => candidates.map((text): Pair => [text, response]));
      const ours = await scored(context, { kind: verifiers[task] }, pairs);
      expect(ours).toEqual({ scores: scores.flat().map((score) => (score === 1 ? 1 : 0)), failures: {} });
      const theirs = own.map(({ answer }): Pair => [answer, answer]);
      expect((await scored(context, { kind: verifiers[task] }, theirs)).scores).toEqual(theirs.map(() => 1));
    }
  },
);
