import type { TObject } from "@sinclair/typebox";
import { artifactKinds } from "../../../schemas/artifact.js";
import { stageDefinitions, type StageType, type StageWith } from "../../../schemas/stages/index.js";
import { undeclaredNames, type Declaration } from "../../support/named-files.js";

const types = Object.keys(stageDefinitions) as StageType[];
const rules = types.flatMap((uses) => stageDefinitions[uses].rules.map(({ fields }) => [uses, fields] as const));

describe.each(types)("%s", (uses) => {
  const schema = stageDefinitions[uses];

  test("has a version and a summary of one line", () => {
    expect(schema.version).toBeGreaterThanOrEqual(1);
    expect(schema.summary).toMatch(/^[^\n]{10,150}$/);
  });

  test("takes no unknown keys", () => {
    expect(schema.with.additionalProperties).toBe(false);
  });

  test("leaves artifacts of known kinds", () => {
    const kinds = Object.values(schema.outputs.properties).map((output) => output.properties.artifact.const);
    expect(kinds.length > 0 || schema.declaredIn !== undefined || schema.runsPipeline === true).toBe(true);
    for (const kind of kinds) expect(artifactKinds).toContain(kind);
  });

  test("has a default of the right form for every field that is not required", () => {
    for (const [name, field] of Object.entries((schema.with as TObject).properties)) {
      const isOptional = !((schema.with.required as string[] | undefined) ?? []).includes(name);
      const needed = field["default"] === undefined && !isOptional;
      // A required field without a default is an artifact, a list of them, the heart of the stage,
      // or a version of it.
      if (needed)
        expect(["object", "array", "string", "number"]).toEqual(expect.arrayContaining([field["type"]].flat()));
    }
  });
});

test.each(rules)("the rule of %s over %j names existing fields", (uses, fields) => {
  for (const field of fields) {
    const found = field
      .split(".")
      .reduce<TObject | undefined>(
        (at, name) => (name === "*" ? (at?.["items"] as TObject) : (at?.properties[name] as TObject | undefined)),
        stageDefinitions[uses].with,
      );
    expect([field, found === undefined]).toEqual([field, false]);
  }
});

describe("what settings name outside of with is declared", () => {
  /** Settings that name a place to write to, or to work in. */
  const written: Partial<Record<StageType, string[]>> = {
    export: ["to"],
    command: ["workdir", "outputs.NAME.path"],
    activity: ["outputs.NAME.path"],
  };
  const undeclared = (uses: StageType, changes: Partial<Declaration> = {}) =>
    undeclaredNames(uses, { ...stageDefinitions[uses], ...changes }, (at) => written[uses]?.includes(at) ?? false);

  test.each(types)("by %s", (uses) => {
    expect(undeclared(uses)).toEqual([]);
  });

  test.each<[StageType, string[]]>([
    ["dataset", ["source", "source", "query"]],
    [
      "graph-featurize",
      ["nodes", "nodes", "nodes.query", "edges", "edges", "edges.query", "nodePairs", "nodePairs", "nodePairs.query"],
    ],
    ["hold-out-links", ["edges", "edges", "edges.query"]],
    ["table-model", ["data", "data", "data.query"]],
    ["evaluate", ["verifiers[0].path", "judge.path"]],
    ["collect-preferences", ["judge.path"]],
    ["grpo", ["verifiers[0].path"]],
  ])("a definition of %s that reads nothing leaves out its files and packages", (uses, fields) => {
    expect(undeclared(uses, { reads: [] })).toEqual(fields.map((field) => `reads: with.${field}`));
  });

  test("so is what changes unnoticed, and code", () => {
    expect(undeclared("hold-out-links", { unpinned: [] })).toEqual(["unpinned: with.edges", "unpinned: with.edges"]);
    expect(undeclared("grpo", { runsCode: [] })).toEqual(["runsCode: with.verifiers[0].path"]);
  });
});

test("words are types of their own", () => {
  const format: StageWith<"dataset">["format"] = "jsonl";
  // @ts-expect-error: not one of the formats
  const wrong: StageWith<"dataset">["format"] = "xml";
  expect([format, wrong]).toHaveLength(2);
});
