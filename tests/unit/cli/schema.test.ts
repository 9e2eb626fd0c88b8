import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Ajv } from "ajv";
import { schemaPath } from "../../../cli/initializing/common-files.js";
import { writeSchema } from "../../../cli/verbs/schema.js";
import { packageRoot } from "../../../platform/program/locations.js";
import { projectInProcess } from "../../support/describe-stage.js";
import { useDirectory } from "../../support/directory.js";
import { recordedTerminal } from "../../support/terminal.js";

const project = useDirectory();
const write = (name: string, text: string): void => {
  mkdirSync(path.join(project(), path.dirname(name)), { recursive: true });
  writeFileSync(path.join(project(), name), text);
};
const stage = `
import { Artifact, defineStage, metric, Type } from "pawl";
export default defineStage({
  summary: "counts rows",
  with: Type.Object({ data: Artifact("dataset", "rows"), most: Type.Integer({ default: 3, minimum: 1 }) }),
  outputs: Type.Object({}),
  metrics: { rows: metric("rows", "rows") },
  run: async () => ({ outputs: {}, metrics: { rows: 0 } }),
});
`;
const pipeline = (uses: string, settings: object) => ({ name: "x", stages: { a: { uses, with: settings } } });
const data = "${{ stages.text.outputs.train }}";

async function schema(terminal = recordedTerminal()) {
  await writeSchema(project(), projectInProcess(project()).describeStage, terminal);
  const text = readFileSync(path.join(project(), "pipeline.schema.json"), "utf8");
  return { text, terminal };
}

const compiled = (text: string) => new Ajv({ strict: false }).compile(JSON.parse(text) as object);

test("a project without stages of its own has the schema that Pawl ships", async () => {
  const { text, terminal } = await schema();
  expect(text).toBe(readFileSync(path.join(packageRoot(), "schemas/pipeline.schema.json"), "utf8"));
  expect(terminal.written).toEqual({ out: "wrote  pipeline.schema.json  no stages of its own\n", note: "" });
});

describe("with stages of its own", () => {
  beforeEach(() => {
    write("stages/count.ts", stage);
    write("stages/count.d.ts", "export {};");
    write("stages/parts/helper.ts", "export const helper = 1;");
    write("modules/other.ts", stage.replace("counts rows", "counts others"));
    write(
      "pipelines/x.yaml",
      "name: x\nstages: { a: { uses: ./modules/other.ts }, b: { uses: ./modules/other.ts } }\n",
    );
    const line = "# yaml-language-server: $schema=../pipeline.schema.json\n";
    write("pipelines/y.yaml", `${line}name: y\nstages: { a: { uses: ./stages/count.ts`);
  });

  test("it describes the files of stages/ and those that pipelines name", async () => {
    const { terminal, text } = await schema();
    expect(terminal.written).toEqual({
      out:
        "wrote  pipeline.schema.json  ./modules/other.ts, ./stages/count.ts\n" +
        "  next: begin pipelines/x.yaml with the line # yaml-language-server: $schema=../pipeline.schema.json\n",
      note: "",
    });
    expect(text).toContain('"const": "./stages/count.ts",\n');
    expect(text).toContain('"description": "counts others"');
  });

  test("it takes what the stages take, and refuses the rest", async () => {
    const validate = compiled((await schema()).text);
    const taken = [
      pipeline("./stages/count.ts", { data, most: 2 }),
      pipeline("./stages/count.ts", { data }),
      pipeline("./modules/unknown.ts", { mots: 2 }),
      pipeline("dataset", { source: { text: "x" } }),
    ];
    const refused = [
      pipeline("./stages/count.ts", { data, mots: 2 }),
      pipeline("./stages/count.ts", { data, most: 0 }),
      pipeline("./stages/count.ts", { most: 2 }),
      pipeline("unknown", {}),
    ];
    expect(taken.filter((one) => !validate(one))).toEqual([]);
    expect(refused.filter((one) => validate(one))).toEqual([]);
  });

  test("a file that cannot be loaded is reported with its place, and the others are described", async () => {
    write("stages/broken.ts", "throw new Error('no such model');");
    write("stages/empty.ts", "export {};");
    write("pipelines/x.yaml", "name: x\nstages: { a: { uses: ./stages/gone.ts }, b: { uses: ./elsewhere/z.ts } }\n");
    const { terminal, text } = await schema();
    expect(terminal.exitCode).toBe(3);
    expect(terminal.written.note).toMatchInlineSnapshot(`
      "./elsewhere/z.ts  this file lies outside the project's directories for code
        expected: a file in stages/, modules/
        got: ./elsewhere/z.ts
        CODE_NOT_ALLOWED · next: move it to stages/ or modules/, or list its package in package.json: "pawl": { "codePackages": ["NAME"] }

      ./stages/broken.ts  broken.ts:1:7: no such model
        STAGE_INVALID · next: correct the stage's file, or the settings that it is given

      ./stages/empty.ts  the file has no default export: write export default defineStage({ … })
        STAGE_INVALID · next: correct the stage's file, or the settings that it is given

      ./stages/gone.ts  no file to read: stages/gone.ts
        expected: a file that the worker may read, or a pattern (\`*\`, \`**\`) that matches some
        got: stages/gone.ts
        DATA_MISSING · next: check the spelling; paths begin at the run's project directory

      "
    `);
    expect(text).toContain('"const": "./stages/count.ts"');
    expect(text).not.toContain("broken.ts");
  });

  test("for a script: one line of JSON", async () => {
    write("stages/empty.ts", "export {};");
    const terminal = { ...recordedTerminal(), json: true };
    await schema(terminal);
    expect(JSON.parse(terminal.written.out)).toEqual({
      wrote: "pipeline.schema.json",
      stages: ["./modules/other.ts", "./stages/count.ts"],
      errors: [
        expect.objectContaining({
          code: "STAGE_INVALID",
          facts: expect.objectContaining({ where: "./stages/empty.ts" }),
        }),
      ],
      without: ["pipelines/x.yaml"],
    });
  });

  test("pawl init then uses it", async () => {
    expect(schemaPath(project())).not.toBe("pipeline.schema.json");
    await schema();
    expect(schemaPath(project())).toBe("pipeline.schema.json");
  });
});
