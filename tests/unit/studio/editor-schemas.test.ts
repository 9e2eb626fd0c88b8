import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { completionsAt } from "../../../compiler/assist/index.js";
import type { DescribeStage } from "../../../compiler/own-stages.js";
import { PawlError } from "../../../platform/errors.js";
import { editorSchemas } from "../../../studio/server/editor-schemas.js";
import { projectInProcess } from "../../support/describe-stage.js";
import { useDirectory } from "../../support/directory.js";

const project = useDirectory();
const write = (name: string, text: string): void => {
  mkdirSync(path.join(project(), path.dirname(name)), { recursive: true });
  writeFileSync(path.join(project(), name), text);
};
const stage = `
import { defineStage, Type } from "pawl";
export default defineStage({
  summary: "counts rows",
  with: Type.Object({ most: Type.Integer({ default: 3 }) }),
  outputs: Type.Object({}),
  metrics: {},
  run: async () => ({ outputs: {}, metrics: {} }),
});
`;
/** The own stages that an editor offers, with their summaries. */
async function offered(schema: ReturnType<typeof editorSchemas>): Promise<string[]> {
  const text = "name: x\nstages:\n  a:\n    uses: ./";
  const options = completionsAt(text, text.length, await schema())?.options ?? [];
  return options
    .filter(({ label }) => label.startsWith("./"))
    .map(({ label, description }) => `${label}: ${description}`);
}

test("stages of the project's own are offered as soon as their file is written, and no longer once it is removed", async () => {
  const schema = editorSchemas(project(), () => projectInProcess(project()).describeStage);
  expect(await offered(schema)).toEqual([]);
  write("stages/count.ts", stage);
  expect(await offered(schema)).toEqual(["./stages/count.ts: counts rows"]);
  write("stages/other.ts", stage);
  expect(await offered(schema)).toEqual(["./stages/count.ts: counts rows", "./stages/other.ts: counts rows"]);
  rmSync(path.join(project(), "stages/count.ts"));
  expect(await offered(schema)).toEqual(["./stages/other.ts: counts rows"]);
});

describe("files are loaded", () => {
  let loaded: string[];
  /** A stage whose summary is the text of its file. */
  const describeText: DescribeStage = async (file) => {
    loaded.push(file);
    const summary = readFileSync(path.join(project(), file), "utf8");
    if (summary === "broken") throw new PawlError("STAGE_INVALID", "it is broken");
    return { ...(await projectInProcess(project()).describeStage("./modules/whole.ts")), summary };
  };
  const schemaOf = () => editorSchemas(project(), () => describeText);
  beforeEach(() => {
    loaded = [];
    write("modules/whole.ts", stage);
    write("stages/a.ts", "first");
  });

  test("once, also for requests at the same time, until one changes", async () => {
    const schema = schemaOf();
    await Promise.all([schema(), schema()]);
    expect(await offered(schema)).toEqual(["./stages/a.ts: first"]);
    expect(loaded).toEqual(["./stages/a.ts"]);
    write("stages/a.ts", "second");
    expect(await offered(schema)).toEqual(["./stages/a.ts: second"]);
    expect(loaded).toEqual(["./stages/a.ts", "./stages/a.ts"]);
  });

  test.each([
    ["a file that a stage imports changes", "stages/parts/helper.ts", "export {};", ["./stages/a.ts"]],
    [
      "a pipeline names another file",
      "pipelines/x.yaml",
      "name: x\nstages: { a: { uses: ./modules/whole.ts } }\n",
      ["./modules/whole.ts", "./stages/a.ts"],
    ],
  ])("again once %s", async (_what, name, text, expected) => {
    const schema = schemaOf();
    await schema();
    loaded = [];
    write(name, text);
    await schema();
    expect(loaded).toEqual(expected);
  });

  test("a stage that cannot be loaded is left out until it is correct", async () => {
    write("stages/b.ts", "broken");
    const schema = schemaOf();
    expect(await offered(schema)).toEqual(["./stages/a.ts: first"]);
    write("stages/b.ts", "correct");
    expect(await offered(schema)).toEqual(["./stages/a.ts: first", "./stages/b.ts: correct"]);
  });
});
