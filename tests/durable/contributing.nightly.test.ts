import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { packageRoot } from "../../platform/program/locations.js";

/** The worked example of CONTRIBUTING.md, followed in a copy of the repository. */
const root = packageRoot();
const copy = mkdtempSync(path.join(tmpdir(), "pawl-contributing-"));
const project = path.join(copy, "project");

afterAll(() => {
  pawl("up", "--stop");
  rmSync(copy, { recursive: true, force: true });
});

/** The code blocks of the guide, by the path on their first line. */
function blocks(): Map<string, string> {
  const guide = readFileSync(path.join(root, "CONTRIBUTING.md"), "utf8");
  const found = guide.matchAll(/^```(?:ts|yaml)\n(?:\/\/|#) (\S+)\n(.*?)^```$/gms);
  return new Map(Array.from(found, ([, file, text]) => [file!, text!]));
}

function node(...args: string[]): string {
  return execFileSync(process.execPath, args, { cwd: copy, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function pawl(...args: string[]) {
  const env = { ...process.env, CI: "1", PAWL_HOME: path.join(project, ".pawl") };
  const program = path.join(copy, "dist", "cli", "main.js");
  return spawnSync(process.execPath, [program, ...args], { cwd: project, env, encoding: "utf8" });
}

/** Adds a line at the end of the object that begins with `start`. */
function addToTable(file: string, start: string, line: string): void {
  const name = path.join(copy, file);
  const text = readFileSync(name, "utf8");
  const end = text.indexOf("\n}", text.indexOf(start));
  writeFileSync(name, `${text.slice(0, end)}\n${line.trimEnd()}${text.slice(end)}`);
}

const testFile = "tests/unit/activities/deduplicate.test.ts";

function follow(): void {
  const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: root });
  for (const file of files.toString().trim().split("\n"))
    if (!/^(tests\/(?!support\/)|bench\/results|docs\/decisions)\//.test(file))
      cpSync(path.join(root, file), path.join(copy, file), { recursive: true });
  symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));
  const found = blocks();
  mkdirSync(path.join(copy, "tests/unit/activities"), { recursive: true });
  for (const file of [
    "schemas/stages/deduplicate.ts",
    "activities/deduplicate.ts",
    testFile,
    "pipelines/distinct.yaml",
  ])
    writeFileSync(path.join(copy, file), found.get(file)!);
  const table = path.join(copy, "schemas/stages/index.ts");
  writeFileSync(table, `import { deduplicate } from "./deduplicate.js";\n${readFileSync(table, "utf8")}`);
  addToTable("schemas/stages/index.ts", "const table = {", found.get("schemas/stages/index.ts")!);
  addToTable("activities/index.ts", "export const stages = {", found.get("activities/index.ts")!);
}

/**
 * A file that names a stage where it must not, each such line marked, and the same word where it is
 * no stage's.
 */
const namesAStage = `
import { stageDefinitions, type StageType, type StageWith } from "../schemas/stages/index.js";

declare const take: (uses: StageType, more?: unknown) => void;
export const compared = (uses: StageType) => uses === "deduplicate"; // named
export const template = (uses: StageType) => uses !== \`deduplicate\`; // named
export const generic = <T extends StageType>(uses: T) => uses === "deduplicate"; // named
export const text = (uses: string) => uses === "deduplicate"; // named
export const member = (stage: { uses: string }) => "deduplicate" === stage.uses; // named
export const field: { uses: string } = { uses: "deduplicate" }; // named
export const keys: Partial<Record<StageType, number>> = { deduplicate: 1 }; // named
export const quoted: Partial<Record<StageType, number>> = { ["deduplicate"]: 1 }; // named
export const version = stageDefinitions.deduplicate.version; // named
export const list: readonly StageType[] = ["deduplicate"]; // named
export const included = list.includes("deduplicate"); // named
export function switched(uses: StageType): boolean {
  take("deduplicate"); // named
  switch (uses) {
    case "deduplicate": // named
      return true;
    default:
      return false;
  }
}
export const settings: StageWith<"deduplicate"> | undefined = undefined;
export const isVerb = (verb: "deduplicate" | "sort") => verb === "deduplicate";
export const counts: Record<string, number> = { deduplicate: 1 };
`.split("\n");

test("a stage is added as CONTRIBUTING.md says: it compiles, passes its test, validates and runs; named elsewhere, the lint rule reports it", () => {
  follow();
  expect(node("scripts/generate.mjs")).toContain("docs/reference/stages.md");
  expect(readFileSync(path.join(copy, "docs/reference/stages.md"), "utf8")).toContain("## deduplicate");
  node("scripts/build.mjs");
  const jest = spawnSync(process.execPath, ["node_modules/jest/bin/jest.js", testFile], {
    cwd: copy,
    encoding: "utf8",
  });
  expect(jest.stderr).toContain("2 passed, 2 total");

  mkdirSync(path.join(project, "pipelines"), { recursive: true });
  cpSync(path.join(copy, "pipelines/distinct.yaml"), path.join(project, "pipelines/distinct.yaml"));
  expect(pawl("validate", "pipelines/distinct.yaml")).toMatchObject({ status: 0 });
  const run = pawl("run", "pipelines/distinct.yaml", "--json");
  expect([run.status, run.stderr]).toEqual([0, expect.any(String)]);
  const end = run.stdout.trim().split("\n").at(-1)!;
  expect(JSON.parse(end)).toMatchObject({ stages: [{}, { id: "once", metrics: { rows: 2, duplicates: 2 } }] });

  const outside = path.join(copy, "worker", "names-a-stage.ts");
  writeFileSync(outside, namesAStage.join("\n") + "\n");
  const check = spawnSync(process.execPath, ["scripts/lint/declarations.mjs"], { cwd: copy, encoding: "utf8" });
  const problem = /^worker\/names-a-stage\.ts:(\d+) {2}the stage type "deduplicate" is named outside its two homes/gm;
  const lines = Array.from(check.stderr.matchAll(problem), ([, number]) => namesAStage[Number(number) - 1]);
  expect(lines).toEqual(namesAStage.filter((line) => line.endsWith("// named")));
  expect(check.status).toBe(1);
});
