import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { packageRoot } from "../../platform/program/locations.js";
import { documents } from "../support/documents.js";
import { Shell } from "./cli/shell.js";

const compiler = path.join(packageRoot(), "node_modules", "typescript", "bin", "tsc");

/** The largest tarball that may be published, bytes. */
const largest = 5_000_000;

/**
 * A project with an installed package: the tarball's files, and links to this checkout's packages.
 */
let project: string;
let shell: Shell;
let size: number;
const installed = (): string => path.join(project, "node_modules", "pawl");

beforeAll(() => {
  project = mkdtempSync(path.join(tmpdir(), "pawl-package-"));
  shell = new Shell();
  // What `npm pack` does by itself, but for the set-up.
  mustSucceed(process.execPath, [compiler, "-p", "tsconfig.types.json"], packageRoot());
  mustSucceed("npm", ["pack", "--ignore-scripts", "--pack-destination", project], packageRoot());
  const tarball = path.join(project, readdirSync(project)[0]!);
  size = statSync(tarball).size;
  mkdirSync(installed(), { recursive: true });
  mustSucceed("tar", ["-xzf", tarball, "-C", installed(), "--strip-components=1"], project);
  const packages = path.join(packageRoot(), "node_modules");
  for (const name of readdirSync(packages).filter((one) => !one.startsWith(".")))
    symlinkSync(path.join(packages, name), path.join(project, "node_modules", name));
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

function mustSucceed(command: string, args: string[], cwd: string): void {
  const { status, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}: ${stderr}`);
}

/** Regular files of the package, sorted. */
function files(): string[] {
  const names = readdirSync(installed(), { recursive: true, encoding: "utf8" });
  return names.filter((name) => statSync(path.join(installed(), name)).isFile()).sort();
}

describe("the tarball", () => {
  test("is small", () => {
    expect(size).toBeLessThan(largest);
  });

  test("holds what runs, and nothing else", () => {
    const directories = new Set(files().map((name) => name.split("/").slice(0, -1)[0] ?? name));
    expect([...directories].sort()).toEqual([
      ...["LICENSE", "README.md", "dist", "package.json", "pipelines", "python", "schemas", "scripts"],
      "stages",
      "templates",
    ]);
    const scripts = files().filter((name) => name.startsWith("scripts/"));
    expect(scripts).toEqual(expect.arrayContaining(["scripts/pins.json", "scripts/setup/native.mjs"]));
    const unwanted = /\btests?\b|bench\/|\.map$|(?<!\.d)\.ts$|\.tsbuildinfo|workflow-bundle/;
    expect(files().filter((name) => unwanted.test(name) && !name.startsWith("stages/"))).toEqual([]);
    // As the sources have them: a forgotten ending would leave out a file that some stage reads.
    for (const directory of ["pipelines", "stages", "templates"])
      expect(files().filter((name) => name.startsWith(`${directory}/`))).toEqual(
        tracked(directory).filter((name) => path.basename(name) !== "tsconfig.json"),
      );
  });

  test("names no path of the machine that packed it", () => {
    const places = [packageRoot(), process.env["HOME"]].filter((place) => place !== undefined && place.length > 1);
    // Whole directories: `protos/root.js` does not name the home directory of root.
    const patterns = places.map((place) => new RegExp(`(?<![\\w.@-])${place!.replaceAll(".", "\\.")}(?![\\w.-])`));
    const naming = files().filter((name) => {
      const text = readFileSync(path.join(installed(), name), "utf8");
      return patterns.some((pattern) => pattern.test(text)) || text.includes("sourceMappingURL=data:");
    });
    expect(naming).toEqual([]);
  });
});

function tracked(directory: string): string[] {
  const { stdout } = spawnSync("git", ["ls-files", directory], { cwd: packageRoot(), encoding: "utf8" });
  return stdout.trim().split("\n").sort();
}

/** The command of the installed package, in the project's directory. */
async function pawl(...args: string[]): Promise<{ code: number | null; out: string; note: string }> {
  const program = path.join(installed(), "dist", "cli", "main.js");
  return shell.start(args, { program, directory: project }).ended;
}

test("in an empty project: init, set-up at the first run, a shipped pipeline, a pipeline of one's own", async () => {
  expect(await pawl("init", "command")).toMatchObject({ code: 0, out: expect.stringContaining("programs/sum.py") });
  const first = await pawl("run", "tiny", "-i", "steps=20");
  expect(first).toMatchObject({ code: 0, note: expect.stringContaining("setting up native TensorFlow") });
  expect(readdirSync(path.join(project, "exports"))).toEqual(["tiny"]);
  expect((await pawl("run", "command", "--json")).out).toContain('"total":500500');
  const again = await pawl("setup", "--json");
  expect(again).toMatchObject({ code: 0, note: "" });
  expect(await pawl("up", "--stop")).toMatchObject({ code: 0 });
});

const write = (name: string, text: string): void => {
  mkdirSync(path.join(project, path.dirname(name)), { recursive: true });
  writeFileSync(path.join(project, name), text);
};

/**
 * Checks files by the types of the installed package; declarations of packages are not checked, as
 * `tsc --init` sets it.
 */
const checkTypes = (...files: string[]) => typeScript("--skipLibCheck", ...files);

function typeScript(...files: string[]) {
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2023"];
  const args = [compiler, ...options, "--types", "node", ...files];
  return spawnSync(process.execPath, args, { cwd: project, encoding: "utf8" });
}

/** Blocks of TypeScript of the guide to scripts. */
const guide = documents().find(({ name }) => name === "docs/guides/api.md")!;
const scripts = guide.blocks.filter(({ language }) => language === "ts").map(({ content }) => content);

describe("a script", () => {
  test("of the guide is checked by the package's types, which show nothing internal", () => {
    const [whole, ofErrors] = scripts as [string, string];
    write("package.json", JSON.stringify({ type: "module" }));
    write("scripts/whole.ts", whole);
    write("scripts/errors.ts", `import { compile, PipelineErrors } from "pawl";\n${ofErrors}`);
    expect(checkTypes("scripts/whole.ts", "scripts/errors.ts")).toMatchObject({ status: 0, stdout: "" });
    // Declarations of TensorFlow.js name types of browsers; ours are complete.
    const wrong = typeScript("scripts/whole.ts").stdout.split("\n");
    expect(wrong.filter((line) => /error/.test(line) && !/@(tensorflow|webgpu)\//.test(line))).toEqual([]);
    const misspelled = 'definePipeline({ name: "x", stages: { a: { uses: "tokenize", with: { vocabulary: 1 } } } });';
    write("scripts/wrong.ts", `${whole}\nconnection.server; pipeline.name = "";\n${misspelled}\n`);
    const { stdout } = checkTypes("scripts/wrong.ts");
    expect(stdout).toMatch(/'vocabulary' does not exist in type/);
    expect(stdout).toMatch(/'server' does not exist on type 'Connection'/);
    expect(stdout).toMatch(/'name' because it is a read-only property/);
  });

  test("of the guide compiles, starts and follows a run of the server that is up", async () => {
    write("scripts/whole.mjs", scripts[0]!);
    const script = () =>
      shell.start([], { program: path.join(project, "scripts/whole.mjs"), directory: project }).ended;
    const failed = await script();
    expect(failed).toMatchObject({ code: 1, note: expect.stringMatching(/SERVER_UNREACHABLE[^]*pawl up/) });
    // Starts the server, in the background.
    expect(await pawl("run", "command", "--json")).toMatchObject({ code: 0 });
    expect(await script()).toMatchObject({ code: 0, out: expect.stringMatching(/^started lines-\w{6}\n3 rows\n$/) });
    expect(await pawl("up", "--stop")).toMatchObject({ code: 0 });
  });
});

describe("a stage of the project's own", () => {
  const stage = `
import { Artifact, defineStage, metric, readRows, Type } from "pawl";
export default defineStage({
  summary: "counts rows",
  with: Type.Object({ data: Artifact("dataset", "rows"), most: Type.Integer({ default: 3 }) }),
  outputs: Type.Object({ list: Artifact("files", "the rows") }),
  metrics: { rows: metric("rows", "rows") },
  async run({ data, most }, context) {
    let rows = 0;
    for await (const row of readRows(await context.openArtifact(data))) if (rows < most && row) rows += 1;
    const list = await context.putArtifact("files", () => undefined);
    return { outputs: { list }, metrics: { rows } };
  },
});
`;
  const check = () => checkTypes("stages/count.ts");

  test("is checked by the package's types", () => {
    write("package.json", JSON.stringify({ type: "module" }));
    write("stages/count.ts", stage);
    expect(check()).toMatchObject({ status: 0, stdout: "" });
    write("stages/count.ts", stage.replace("most &&", "mots &&").replace('"files", () =>', '"tokens", () =>'));
    const { status, stdout } = check();
    expect(status).not.toBe(0);
    expect(stdout).toMatch(/'mots'/);
    expect(stdout).toMatch(/"tokens"/);
  });

  test("is checked by pawl validate, with the installed package", async () => {
    write("stages/count.ts", stage);
    write(
      "pipelines/count.yaml",
      `name: count
stages:
  text: { uses: dataset, with: { source: { text: x } } }
  count: { uses: ./stages/count.ts, with: { data: "\${{ stages.text.outputs.train }}", mots: 1 } }
`,
    );
    const { code, note } = await pawl("validate", "count");
    expect(code).toBe(3);
    expect(note).toMatch(/with\.mots is not a known key/);
  });

  test("is described in the schema that pawl schema writes, with the installed package", async () => {
    write("stages/count.ts", stage);
    write("stages/broken.ts", "enum Kind { one }\n");
    const { code, note, out } = await pawl("schema");
    expect({ code, note }).toEqual({ code: 3, note: expect.stringMatching(/^\.\/stages\/broken\.ts {2}.*enum/) });
    expect(out).toContain("wrote  pipeline.schema.json  ./stages/count.ts");
    expect(readFileSync(path.join(project, "pipeline.schema.json"), "utf8")).toContain('"const": "./stages/count.ts"');
  });
});
