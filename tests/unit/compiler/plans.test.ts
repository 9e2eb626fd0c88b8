import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { stringify } from "yaml";
import { checkWith } from "../../../compiler/inputs/check-with.js";
import { compilePipeline, validatePipeline } from "../../../compiler/compile.js";
import { PipelineErrors } from "../../../compiler/errors.js";
import type { JsonObject } from "../../../platform/json.js";
import type { Plan } from "../../../schemas/plan.js";
import { projectInProcess } from "../../support/describe-stage.js";

/**
 * Good definitions: a directory each with the plan it compiles to. `UPDATE_CASES=1` writes the
 * plans anew.
 */
const directory = join(import.meta.dirname, "plans");
const update = process.env["UPDATE_CASES"] === "1";
const read = (name: string, file: string) => readFileSync(join(directory, name, file), "utf8");

test.each(readdirSync(directory))("the plan of %s", async (name) => {
  const inputs = existsSync(join(directory, name, "inputs.json"))
    ? (JSON.parse(read(name, "inputs.json")) as JsonObject)
    : {};
  const { plan, warnings } = await compilePipeline({
    text: read(name, "pipeline.yaml"),
    file: "pipeline.yaml",
    inputs,
    ...projectInProcess(join(directory, name)),
  });
  const printed = `${JSON.stringify(plan, null, 2)}\n`;
  if (update) writeFileSync(join(directory, name, "plan.json"), printed);
  expect(printed).toBe(read(name, "plan.json"));
  expect(warnings).toEqual([]);
});

test.each(["pipelines", "examples"])("every pipeline in %s is sound", async (name) => {
  const project = join(import.meta.dirname, "../../..");
  const files = (readdirSync(join(project, name), { recursive: true }) as string[]).filter(
    (one) => one.endsWith(".yaml") && !one.startsWith("parts"),
  );
  expect(files).not.toEqual([]);
  for (const file of files) {
    const checked = await validatePipeline({
      text: readFileSync(join(project, name, file), "utf8"),
      file,
      ...projectInProcess(project),
    });
    expect([file, checked.warnings]).toEqual([file, []]);
  }
});

const tiny = read("tiny", "pipeline.yaml");

describe("compilePipeline", () => {
  test("a seed given to the run stands above the definition's", async () => {
    expect((await compilePipeline({ text: tiny, seed: 9 })).plan.seed).toBe(9);
    expect((await compilePipeline({ text: `seed: 5\n${tiny}` })).plan.seed).toBe(5);
    expect((await compilePipeline({ text: tiny })).plan.seed).toBe(0);
  });

  test("a seed that is no seed is refused", async () => {
    await expect(compilePipeline({ text: tiny, seed: 1.5 })).rejects.toThrow(/seed must be an integer/);
  });

  test("the digest is that of the text", async () => {
    const [one, two] = await Promise.all([
      compilePipeline({ text: tiny }),
      compilePipeline({ text: `${tiny}# more\n` }),
    ]);
    expect(one.plan.definitionDigest).not.toBe(two.plan.definitionDigest);
    expect(one.plan).toEqual({ ...two.plan, definitionDigest: one.plan.definitionDigest });
  });

  test("an input that is used nowhere is a warning", async () => {
    const { warnings } = await compilePipeline({ text: `inputs:\n  rate: { default: 1 }\n${tiny}` });
    expect(warnings).toMatchObject([{ line: 2, column: 3, message: "inputs.rate is not used" }]);
  });

  test("an error without a file says so", async () => {
    await expect(compilePipeline({ text: "name: 5" })).rejects.toMatchObject({
      errors: [{ code: "MISSING_KEY" }, { code: "WRONG_TYPE", file: "definition", line: 1, column: 7 }],
    });
  });

  test("a text too large is refused before it is read", async () => {
    await expect(validatePipeline({ text: "#".repeat(2 ** 20 + 1) })).rejects.toMatchObject({ code: "FILE_TOO_LARGE" });
  });
});

/** Definitions of stages that need earlier ones, at random. */
const graphs = fc
  .array(fc.tuple(fc.array(fc.nat(), { maxLength: 3 }), fc.boolean()), { minLength: 1, maxLength: 12 })
  .map((stages) =>
    stages.map(([needs, byReference], i): [string, JsonObject] => {
      const ids = i === 0 ? [] : [...new Set(needs.map((need) => `s${need % i}`))];
      const text = byReference ? `of ${ids.map((id) => `\${{ stages.${id}.metrics.bytes }}`).join(" ")}` : "x";
      return [`s${i}`, { uses: "dataset", with: { source: { text } }, ...(byReference ? {} : { needs: ids }) }];
    }),
  );

const compileStages = async (stages: [string, JsonObject][]): Promise<Plan> =>
  (await compilePipeline({ text: stringify({ name: "graph", stages: Object.fromEntries(stages) }) })).plan;

describe("properties", () => {
  test("every stage comes after its needs, once", async () => {
    await fc.assert(
      fc.asyncProperty(graphs, async (stages) => {
        const done = new Set<string>();
        for (const stage of (await compileStages(stages)).stages) {
          for (const need of stage.needs) expect(done).toContain(need);
          expect(done).not.toContain(stage.id);
          done.add(stage.id);
        }
        expect(done.size).toBe(stages.length);
      }),
      { numRuns: 50 },
    );
  });

  test("a plan does not depend on the order in which stages are written", async () => {
    const byId = (plan: Plan) =>
      plan.stages.map(({ line: _line, ...stage }) => stage).sort((a, b) => (a.id < b.id ? -1 : 1));
    const shuffled = graphs.chain((stages) =>
      fc.tuple(
        fc.constant(stages),
        fc.shuffledSubarray(stages, { minLength: stages.length, maxLength: stages.length }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(shuffled, async ([written, other]) => {
        expect(byId(await compileStages(other))).toEqual(byId(await compileStages(written)));
      }),
      { numRuns: 50 },
    );
  });

  test("a ring of needs is a cycle, told as a path through it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), fc.nat(), async (size, from) => {
        const ids = Array.from({ length: size }, (_, i) => `r${(i + from) % size}`);
        const stages = ids.map((id): [string, JsonObject] => [
          id,
          { uses: "dataset", with: { source: { text: "x" } }, needs: [`r${(Number(id.slice(1)) + 1) % size}`] },
        ]);
        const error = await compileStages(stages).catch((thrown: unknown) => thrown as PipelineErrors);
        expect(error).toBeInstanceOf(PipelineErrors);
        const [only, ...others] = (error as PipelineErrors).errors;
        expect([only?.code, others.length, only?.got?.split(" -> ").length]).toEqual(["CYCLE", 0, size + 1]);
      }),
      { numRuns: 30 },
    );
  });

  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "name: a\n",
      "stages:\n",
      "  a:\n",
      "    uses: dataset\n",
      "    with: ",
      "{",
      "}",
      "[",
      "]",
      "${{ ",
      " }}",
      "{{",
      "&a ",
      "*a",
      "- ",
      "? ",
      ": ",
      "|\n",
      '"',
      "'",
      "\t",
      "#",
      "!x ",
      "<<: *a\n",
      "---\n",
      "inputs.x",
      "stages.a.outputs.train",
      "1e999",
      ".inf",
    ),
  );
  test("whatever the text, all that is thrown is located errors", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 25 }), async (pieces) => {
        const text = pieces.join("");
        const error = await validatePipeline({ text }).catch((thrown: unknown) => thrown);
        if (!(error instanceof Error)) return;
        expect(error).toBeInstanceOf(PipelineErrors);
        for (const { line, column } of (error as PipelineErrors).errors) {
          expect(line).toBeGreaterThan(0);
          expect(line).toBeLessThanOrEqual(text.split("\n").length);
          expect(column).toBeGreaterThan(0);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("whatever JSON stands where a definition should, all that is thrown is located errors", async () => {
    const keys = fc.constantFrom(
      "name",
      "inputs",
      "stages",
      "outputs",
      "defaults",
      "a",
      "uses",
      "with",
      "needs",
      "if",
      "retry",
      "source",
      "train",
      "default",
      "type",
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom(null, 1, "", "dataset", "tokenize", "${{ inputs.a }}", "${{ stages.a.outputs.train }}", "10s"),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(keys, tie("value"), { maxKeys: 4 }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(keys, value, { maxKeys: 6 }), async (definition) => {
        const error = await compilePipeline({ text: stringify(definition) }).catch((thrown: unknown) => thrown);
        if (error instanceof Error) expect(error).toBeInstanceOf(PipelineErrors);
      }),
      { numRuns: 200 },
    );
  });
});

describe("checkWith", () => {
  const digest = "0".repeat(64);
  test("fills in defaults", () => {
    const settings = checkWith("pretrain", {
      tokens: { artifact: "tokens", digest },
      architecture: { hiddenSize: 64 },
    });
    expect(settings).toMatchObject({
      steps: 1000,
      schedule: "cosine",
      architecture: { hiddenSize: 64, heads: 4, contextLength: 128 },
    });
  });

  test("gives a stage the mapping that a shorthand stands for", () => {
    const ref = { artifact: "dataset", digest };
    const given = { model: { artifact: "model", digest }, data: [ref, { data: ref, weight: 0.2 }, { data: ref }] };
    expect(checkWith("sft", given).data).toEqual([
      { data: ref, weight: 1 },
      { data: ref, weight: 0.2 },
      { data: ref, weight: 1 },
    ]);
    expect(given.data[0]).toBe(ref);
    for (const data of [[{ data: ref, weight: 0 }], [{ artifact: "tokens", digest }], [ref, "text"]])
      expect(() => checkWith("sft", { ...given, data })).toThrow(/with\.data/);
  });

  test("leaves what it was given alone", () => {
    const given = { source: { text: "x" } };
    checkWith("dataset", given);
    expect(given).toEqual({ source: { text: "x" } });
  });

  test.each<[string, JsonObject, string, RegExp]>([
    ["a wrong type", { source: { text: "x" }, heldOut: "much" }, "WRONG_TYPE", /^with.heldOut must be number/],
    ["a wrong kind", { source: { text: "x" }, unit: "word" }, "NOT_ALLOWED", /with.unit must be one of/],
    ["a path that leaves", { source: { file: "a/../../b" } }, "PATH_TRAVERSAL", /with.source.file must stay below/],
    ["a rule", { source: { text: "x", file: "y" } }, "NOT_ALLOWED", /exactly one of/],
    ["several mistakes", { sorce: 1 }, "MISSING_KEY", /with.source is missing; .*with.sorce is not a known key/],
  ])("refuses %s", (_name, value, code, message) => {
    expect(() => checkWith("dataset", value, "stages.x (dataset)")).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringMatching(message),
        facts: expect.objectContaining({ where: "stages.x (dataset)" }),
      }),
    );
  });

  test("refuses an artifact of another kind", () => {
    expect(() => checkWith("export", { model: { artifact: "tokens", digest }, to: "out" })).toThrow(
      expect.objectContaining({ code: "WRONG_ARTIFACT", facts: expect.objectContaining({ got: "tokens" }) }),
    );
  });
});
