import { writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { compile, connect, definePipeline, PawlError, PipelineErrors } from "pawl";
import { compileRun } from "../../../api/definitions/compile-run.js";
import { useDirectory } from "../../support/directory.js";

const project = useDirectory();
const text = { uses: "dataset", with: { source: { text: "x" } } } as const;
const tokens = { uses: "tokenize", with: { train: ["${{ stages.text.outputs.train }}"] } } as const;
const failureOf = (work: Promise<unknown>) => work.catch((error: unknown) => error);

describe("compile", () => {
  test("takes a definition in TypeScript, which becomes YAML", async () => {
    const shared = { DATA: "1" };
    const command = { uses: "command", with: { run: ["true"], env: shared, outputs: {} } } as const;
    const definition = definePipeline({ name: "x", env: shared, stages: { text, tokens, command } });
    const pipeline = await compile(definition, { project: project() });
    expect(pipeline).toMatchObject({ name: "x", stages: ["text", "tokens", "command"], warnings: [], files: {} });
    expect(pipeline).not.toHaveProperty("file");
    expect(pipeline.text).toContain("train:\n        - ${{ stages.text.outputs.train }}");
  });

  test("takes YAML text", async () => {
    const yaml = "name: x\nstages: { text: { uses: dataset, with: { source: { text: x } } } }\n";
    expect(await compile({ text: yaml, file: "x.yaml" })).toMatchObject({ name: "x", text: yaml, file: "x.yaml" });
  });

  test("takes a file or a name of the project, and reads what it includes there", async () => {
    await mkdir(path.join(project(), "pipelines"));
    const group = "stages: { text: { uses: dataset, with: { source: { text: x } } } }\n";
    const own =
      "name: x\ninclude: [pipelines/group.yaml]\nstages: { more: { uses: dataset, with: { source: { text: y } } } }\n";
    writeFileSync(path.join(project(), "pipelines", "group.yaml"), group);
    writeFileSync(path.join(project(), "pipelines", "x.yaml"), own);
    for (const source of ["x", "pipelines/x.yaml"])
      expect(await compile(source, { project: project() })).toMatchObject({
        file: path.join("pipelines", "x.yaml"),
        stages: expect.arrayContaining(["text", "more"]),
        files: { "pipelines/group.yaml": { text: group } },
      });
    const failure = await failureOf(compile("y", { project: project() }));
    expect(failure).toBeInstanceOf(PawlError);
    expect(failure).toMatchObject({
      code: "PIPELINE_NOT_FOUND",
      facts: { where: path.join("pipelines", "y.yaml"), expected: expect.stringMatching(/\bx\b/) },
    });
  });

  test("throws all errors, each with its code, place and advice", async () => {
    const wrong = { text: { ...text, with: { ...text.with, hldOut: 0.1 } }, tokens: { uses: "tokenizer" } };
    // @ts-expect-error: what the types refuse
    const failure = await failureOf(compile({ name: "x", stages: wrong }));
    expect(failure).toBeInstanceOf(PipelineErrors);
    expect((failure as PipelineErrors).errors).toEqual([
      {
        code: "UNKNOWN_KEY",
        file: "definition",
        line: 8,
        column: 7,
        message: "stages.text (dataset): with.hldOut is not a known key",
        expected: expect.stringContaining("heldOut"),
        got: "hldOut",
        next: "write heldOut",
        excerpt: "  8 |       hldOut: 0.1\n    |       ^^^^^^",
      },
      expect.objectContaining({ code: "UNKNOWN_STAGE_TYPE", line: 10, got: "tokenizer", next: "write tokenize" }),
    ]);
  });

  test.each([
    ["a number that is not finite", { seed: NaN }, "WRONG_TYPE"],
    ["no stage", { stages: {} }, "OUT_OF_RANGE"],
    ["a definition without stages", { stages: undefined as never }, "MISSING_KEY"],
  ])("refuses %s", async (_what, change, code) => {
    const failure = await failureOf(compile({ name: "x", stages: { text }, ...change }));
    expect(failure).toMatchObject({ code, facts: { where: expect.stringMatching(/^definition:\d+:\d+$/) } });
  });
});

test("a run is compiled from what `compile` has read, whatever has become of the files", async () => {
  await mkdir(path.join(project(), "pipelines"));
  const group = path.join(project(), "pipelines", "group.yaml");
  writeFileSync(group, "stages: { text: { uses: dataset, with: { source: { text: x } } } }\n");
  const source = { text: "name: x\ninclude: [pipelines/group.yaml]\nstages: {}\n" };
  const pipeline = await compile(source, { project: project() });
  writeFileSync(group, "nonsense");
  const { plan } = await compileRun({ ...pipeline, inputs: {} });
  expect(plan.stages.map(({ id }) => id)).toEqual(["text"]);
});

test("connect starts nothing, and says what to start", async () => {
  const failure = await failureOf(connect({ home: project() }));
  expect(failure).toMatchObject({
    code: "SERVER_UNREACHABLE",
    facts: { where: project(), next: expect.stringContaining("pawl up") },
  });
});
