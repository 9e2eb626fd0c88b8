import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { templates } from "../../../cli/initializing/pipeline-files.js";
import { main } from "../../../cli/program.js";
import { compilePipeline, validatePipeline } from "../../../compiler/compile.js";
import type { JsonObject } from "../../../platform/json.js";
import { packageRoot } from "../../../platform/program/locations.js";
import { shippedPipelines } from "../../../platform/program/shipped.js";
import { projectInProcess } from "../../support/describe-stage.js";
import { useDirectory } from "../../support/directory.js";
import { recordedTerminal } from "../../support/terminal.js";

const directory = useDirectory();
const before = process.cwd();
beforeEach(() => process.chdir(directory()));
afterEach(() => process.chdir(before));

async function init(...args: string[]): Promise<{ code: number; out: string; note: string }> {
  const terminal = recordedTerminal();
  const code = await main(["init", ...args], terminal);
  return { code, ...terminal.written };
}

/** The files of the project that settings name, however deep they are. */
function filesIn(settings: unknown): string[] {
  if (typeof settings !== "object" || settings === null) return [];
  const { file, kind, path: module, run } = settings as Record<string, unknown>;
  const program = Array.isArray(run) ? (run as string[]).filter((argument) => argument.endsWith(".py")) : [];
  const named = [file, kind === "module" ? module : undefined, ...program];
  return [...named.filter((one) => typeof one === "string"), ...Object.values(settings).flatMap(filesIn)];
}

/** Inputs that are artifacts have no default. */
function artifactsFor(text: string): JsonObject {
  const { inputs = {} } = parse(text) as { inputs?: Record<string, JsonObject> };
  const open = Object.entries(inputs).filter(([, body]) => body["type"] === "object" && !("default" in body));
  return Object.fromEntries(open.map(([name]) => [name, { artifact: "tokens", digest: "0".repeat(64) }]));
}

async function namedFiles(file: string): Promise<string[]> {
  const text = readFileSync(file, "utf8");
  const { plan } = await compilePipeline({
    ...{ text, file, inputs: artifactsFor(text) },
    ...projectInProcess(directory()),
  });
  const definitions = Object.values(plan.files ?? {}).map((one) => one.file);
  return [...plan.stages.flatMap((stage) => filesIn(stage.with)), ...definitions];
}

async function expectSound(file: string): Promise<void> {
  const text = readFileSync(file, "utf8");
  const { warnings } = await validatePipeline({ text, file, ...projectInProcess(directory()) });
  expect(warnings).toEqual([]);
  const schema = /^# yaml-language-server: \$schema=(.*)$/m.exec(text)![1]!;
  expect(existsSync(path.resolve("pipelines", schema))).toBe(true);
}

test("every directory of templates/ is a template", () => {
  expect(readdirSync(path.join(packageRoot(), "templates")).sort()).toEqual([...templates].sort());
});

test.each(templates)("the template %s is a sound pipeline with the files that it names", async (name) => {
  const { code, out } = await init(name);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(`next: pawl run ${name}\n`) });
  const file = path.join("pipelines", `${name}.yaml`);
  await expectSound(file);
  for (const named of await namedFiles(file)) expect([named, existsSync(named)]).toEqual([named, true]);
});

const shipped = shippedPipelines().map((file) => path.basename(file, ".yaml"));

test("the names are found", async () => {
  await init("fine-tune");
  expect(await namedFiles("pipelines/fine-tune.yaml")).toEqual(["data/questions.jsonl"]);
  await init("command");
  expect(await namedFiles("pipelines/command.yaml")).toEqual(["programs/sum.py"]);
  await init("--from", "llm-from-scratch");
  const named = await namedFiles("pipelines/llm-from-scratch.yaml");
  expect(named).toEqual(expect.arrayContaining(["pipelines/sql/words.sql", "stages/rules/wholly-true.mjs"]));
});

test.each(shipped)("a copy of %s is sound, and has the files that it names", async (name) => {
  expect((await init("--from", name)).code).toBe(0);
  const file = path.join("pipelines", `${name}.yaml`);
  await expectSound(file);
  for (const named of await namedFiles(file)) expect([named, existsSync(named)]).toEqual([named, true]);
});

test("a copy brings the pipelines that it runs, and the files that it includes", async () => {
  const { out } = await init("--from", "trials");
  for (const file of ["trials.yaml", "trial.yaml", "parts/moby-dick.yaml"])
    expect(out).toContain(`wrote  pipelines/${file}\n`);
});

test("a copy brings what its code imports", async () => {
  await init("--from", "llm-from-scratch");
  expect(readdirSync("stages/rules").sort()).toEqual([
    "story-statements.mjs",
    "true-statements.mjs",
    "wholly-true.mjs",
  ]);
});

test("without a name, a directory becomes a project with an empty pipeline", async () => {
  expect((await init()).out).toBe(
    [
      "wrote  package.json",
      "wrote  .gitignore",
      "wrote  .vscode/settings.json",
      "wrote  pipelines/blank.yaml",
      "  next: pawl run blank\n",
    ].join("\n"),
  );
  expect(readFileSync(".gitignore", "utf8")).toContain(".pawl/\n");
  const settings = JSON.parse(readFileSync(".vscode/settings.json", "utf8")) as { "yaml.schemas": object };
  const [[schema, pattern]] = Object.entries(settings["yaml.schemas"]) as [[string, string]];
  expect([existsSync(schema), pattern]).toEqual([true, "pipelines/*.yaml"]);
});

test("the schema is that of the installed package", async () => {
  mkdirSync("node_modules/pawl/schemas", { recursive: true });
  writeFileSync("node_modules/pawl/schemas/pipeline.schema.json", "{}");
  await init();
  expect(readFileSync("pipelines/blank.yaml", "utf8")).toContain(
    "$schema=../node_modules/pawl/schemas/pipeline.schema.json\n",
  );
});

test("a second template joins the first; common files stay, with a word about what they lack", async () => {
  writeFileSync(".gitignore", "node_modules/\n");
  writeFileSync("package.json", "{}");
  await init("blank");
  const { out } = await init("train");
  expect(out).toContain("kept   .gitignore; add .pawl/ and exports/\n");
  expect(out).toContain("kept   package.json\n");
  expect(readFileSync("package.json", "utf8")).toBe("{}");
  expect(readdirSync("pipelines")).toEqual(["blank.yaml", "train.yaml"]);
});

test("a pipeline that exists stays, and nothing is written", async () => {
  mkdirSync("pipelines");
  writeFileSync("pipelines/train.yaml", "mine");
  const { code, note } = await init("train");
  expect(code).toBe(1);
  expect(note).toMatch(/pipelines\/train\.yaml exists[^]*NOT_ALLOWED · next: rename pipelines\/train\.yaml/);
  expect(readdirSync(".")).toEqual(["pipelines"]);
  expect(readFileSync("pipelines/train.yaml", "utf8")).toBe("mine");
});

test.each([
  [["trian"], /NOT_ALLOWED/],
  [["--from", "tinny"], /PIPELINE_NOT_FOUND · next: write tiny/],
  [["train", "--from", "tiny"], /cannot be combined[^]*NOT_ALLOWED/],
])("%j is an error", async (args, message) => {
  const { code, note } = await init(...args);
  expect(code).not.toBe(0);
  expect(note).toMatch(message);
  expect(readdirSync(".")).toEqual([]);
});

test("--json", async () => {
  const { out } = await init("--json");
  expect(JSON.parse(out)).toMatchObject({ kept: [], next: "pawl run blank" });
});
