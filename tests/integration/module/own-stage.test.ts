import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describeStage } from "../../../activities/module/describe.js";
import { moduleStage } from "../../../activities/module.js";
import { processTable } from "../../../platform/processes/process-identity.js";
import { PawlError } from "../../../platform/errors.js";
import { evaluateWithSecrets } from "../../../expressions/evaluate.js";
import type { ArtifactRef } from "../../../schemas/artifact.js";
import { layout } from "../../../store/home.js";
import { projectFiles } from "../../../worker/project/project-files.js";
import { catchFailure, put, putDataset, readDatasetRows } from "../../support/datasets.js";
import type { TestContext } from "../../support/stage-context.js";
import { commandContext } from "../command/support.js";

let context: TestContext;
beforeEach(() => (context = commandContext()));
afterEach(() => context.remove());

/** A stage's file: its definition around the body of `run`. */
const stageFile = (body: string, { settings = "", more = "" } = {}): string => `
import { Artifact, defineStage, metric, readRows, Refusal, Type, writeRows } from "pawl";
import fs from "node:fs";
export default defineStage({
  summary: "a stage of a test",
  with: Type.Object({ ${settings} }),
  outputs: Type.Object({ kept: Artifact("dataset", "rows") }),
  metrics: { rows: metric("rows", "rows") },
  ${more}
  async run(settings, context) { ${body} },
});
`;

/** What `stageFile` declares. */
const declared = { outputs: { kept: "dataset" }, metrics: ["rows"], reads: [], learnsFrom: {} } as const;

/**
 * Writes the stage's file and runs it. It has no types, which take a process a while to remove, and
 * what it declares is known here.
 */
async function run(body: string, settings: object = {}, options: Parameters<typeof stageFile>[1] = {}, env = {}) {
  put(context, "stages/own.mjs", stageFile(body, options));
  const computesWithTensors = options.more?.includes("computesWithTensors: true") ?? false;
  return runDeclared({ file: "./stages/own.mjs", settings, env, ...declared, computesWithTensors });
}

/** Runs a file as a definition that names it would. */
async function runFile(settings: object = {}, file = "./stages/own.ts") {
  const { outputs, metrics, reads, learnsFrom, computesWithTensors } = await describeStage(
    file,
    context.workingDirectory,
  );
  return runDeclared({ file, settings, env: {}, outputs, metrics, reads, learnsFrom, computesWithTensors });
}

async function runDeclared(settings: object) {
  const result = await moduleStage(settings as Parameters<typeof moduleStage>[0], context);
  return { outputs: result.outputs as Record<string, ArtifactRef>, metrics: result.metrics };
}

const failure = (...given: Parameters<typeof run>) => catchFailure(run(...given));

const keepNothing = `
  const kept = await context.putArtifact("dataset", (directory) => writeRows(directory, [{ text: "one" }]));`;
const returned = "return { outputs: { kept }, metrics: { rows: 1 } };";

describe("a stage of the project's own", () => {
  test("reads artifacts and writes artifacts, with settings checked and what it imports", async () => {
    put(
      context,
      "stages/shorter.ts",
      "export const shorter = (text: string, most: number): boolean => text.length < most;",
    );
    const data = await putDataset(context, [{ text: "short" }, { text: "much too long" }]);
    const body = `
      const rows: { text: string }[] = [];
      for await (const row of readRows(await context.openArtifact(settings.data)))
        if ("text" in row && shorter(row.text, settings.most)) rows.push(row);
      context.log("looked", { most: settings.most });
      const kept = await context.putArtifact("dataset", (directory) => writeRows(directory, rows));
      return { outputs: { kept }, metrics: { rows: rows.length } };`;
    const file = stageFile(body, {
      settings: 'data: Artifact("dataset", "rows"), most: Type.Integer({ default: 8 })',
    });
    put(context, "stages/own.ts", `import { shorter } from "./shorter.js";\n${file}`);
    const { outputs, metrics } = await runFile({ data });
    expect(metrics).toEqual({ rows: 1 });
    expect(await readDatasetRows(context, outputs["kept"]!)).toEqual([{ text: "short" }]);
    expect(context.logged).toContain('looked {"most":8}');
  });

  test("a command that compiles twice loads it once", async () => {
    const loads = path.join(context.workingDirectory, "loads");
    const body = `${keepNothing} ${returned}`;
    put(context, "stages/own.ts", `${stageFile(body)}\nfs.appendFileSync(${JSON.stringify(loads)}, "once ");`);
    const { describeStage: describe } = projectFiles(context.workingDirectory);
    expect(await describe("./stages/own.ts")).toBe(await describe("./stages/own.ts"));
    expect(readFileSync(loads, "utf8")).toBe("once ");
  });

  test("the compiler learns its settings, outputs and metrics, without running it", async () => {
    put(context, "stages/own.ts", stageFile("throw new Error();", { settings: "most: Type.Integer()" }));
    expect(await describeStage("./stages/own.ts", context.workingDirectory)).toMatchObject({
      summary: "a stage of a test",
      with: { properties: { most: { type: "integer" } }, required: ["most"], additionalProperties: false },
      outputs: { kept: "dataset" },
      metrics: ["rows"],
      reads: [],
      learnsFrom: {},
      writesOutsideStore: false,
      computesWithTensors: false,
    });
  });

  test("continues from its newest checkpoint after it was stopped, with the same result", async () => {
    const body = `
      let sum = 0, step = 0;
      const newest = await context.checkpoints.latest();
      if (newest) ({ sum, step } = JSON.parse(fs.readFileSync(newest.directory + "/state.json", "utf8")));
      context.log("begins", { step });
      const state = () => ({ step, write: (to) => fs.writeFileSync(to + "/state.json", JSON.stringify({ sum, step })) });
      await context.checkpointEvery(state, async (betweenSteps) => {
        while (step < 5) {
          await betweenSteps();
          if (step === 3 && context.attempt === 1) {
            context.log("asks to be stopped");
            const alive = setInterval(() => undefined, 1000);
            await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
            clearInterval(alive);
          } else sum += ++step;
        }
      });
      const kept = await context.putArtifact("dataset", (to) => writeRows(to, [{ text: String(sum) }]));
      return { outputs: { kept }, metrics: { rows: sum } };`;
    const reason = new Error("stopped by the test");
    const { log } = context;
    context.log = (message, data) => {
      log(message, data);
      if (message === "asks to be stopped") context.abort(reason);
    };
    await expect(run(body)).rejects.toBe(reason);
    const second = commandContext(context.workingDirectory);
    context = Object.assign(second, { attempt: 2 });
    const { metrics } = await run(body);
    expect(metrics).toEqual({ rows: 15 });
    expect(context.logged).toContain('begins {"step":3}');
  });

  test("gets no variables of the worker, its seed, and progress and metrics reach the run", async () => {
    process.env["A_TOKEN"] = "secret";
    const body = `
      context.progress({ phase: "work", done: 1, total: 2, unit: "rows", metrics: { loss: 1 } });
      context.recordMetrics(1, { loss: 0.5 });
      const text = JSON.stringify([process.env.A_TOKEN ?? null, process.env.PATH !== undefined, context.seed, context.stage]);
      const kept = await context.putArtifact("dataset", (to) => writeRows(to, [{ text }]));
      ${returned}`;
    const { outputs } = await run(body);
    delete process.env["A_TOKEN"];
    expect(await readDatasetRows(context, outputs["kept"]!)).toEqual([{ text: '[null,true,7,"stage"]' }]);
    expect(context.reported.map(({ phase, done, total, unit }) => [phase, done, total, unit])).toEqual([
      ["work", 1, 2, "rows"],
    ]);
    expect(context.recorded).toEqual([{ step: 1, metrics: { loss: 0.5 } }]);
  });

  test("gets the variables of the pipeline, with secrets, which what it prints hides", async () => {
    const body = `
      console.log("got", process.env.TOKEN);
      const text = process.env.HEADER + process.env.LEVEL;
      const kept = await context.putArtifact("dataset", (to) => writeRows(to, [{ text }]));
      ${returned}`;
    const env = { TOKEN: "${{ secrets.TOKEN }}", HEADER: "Bearer ${{ secrets.TOKEN }}", LEVEL: 3 };
    context.secrets = evaluateWithSecrets({ env }, { inputs: {}, stages: {} }).secrets;
    expect(await failure(body, {}, {}, env)).toMatchObject({
      code: "SECRET_MISSING",
      facts: { where: "env.TOKEN" },
    });
    process.env["PAWL_SECRET_TOKEN"] = "hunter2-hunter2";
    try {
      const { outputs } = await run(body, {}, {}, env);
      expect(await readDatasetRows(context, outputs["kept"]!)).toEqual([{ text: "Bearer hunter2-hunter23" }]);
    } finally {
      delete process.env["PAWL_SECRET_TOKEN"];
    }
    expect(readFileSync(layout.output(context.home, "run", "stage", 1), "utf8")).toBe("got ***\n");
  });

  test("what it prints is captured to its last byte, and bounded", async () => {
    // The last thing that it does: its process must not end before all of it has left.
    const { outputs } = await run(`
      ${keepNothing}
      for (let i = 0; i < 600; i++) process.stdout.write("x".repeat(9_999) + "\\n");
      process.stderr.write("last");
      ${returned}`);
    expect(outputs["kept"]!.artifact).toBe("dataset");
    const file = layout.output(context.home, "run", "stage", 1);
    expect(statSync(file).size).toBeLessThan(3 * 2 ** 20);
    const [kept, leftOut] = /\n… (\d+) bytes left out …\n/.exec(readFileSync(file, "utf8")) ?? [];
    expect(statSync(file).size - Buffer.byteLength(kept!) + Number(leftOut)).toBe(6_000_004);
  });

  test("a process that it leaves behind ends with it", async () => {
    const body = `
      const { spawn } = await import("node:child_process");
      const left = spawn("sleep", ["infinity"], { stdio: "ignore" });
      left.unref();
      const kept = await context.putArtifact("dataset", (to) => writeRows(to, [{ text: String(left.pid) }]));
      ${returned}`;
    const { outputs } = await run(body);
    const [row] = await readDatasetRows(context, outputs["kept"]!);
    const left = Number((row as { text: string }).text);
    // A killed process ends when it is next scheduled; one that nothing kills would sleep for
    // longer than any test.
    while (processTable(left)?.ended === false) await new Promise(setImmediate);
  });
});

describe("a stage of a package", () => {
  const manifest = (more: object) =>
    JSON.stringify({ name: "@acme/stages", version: "1.2.3", type: "module", ...more });
  const list = '{ "pawl": { "codePackages": ["@acme/stages"] } }';
  const install = (packageJson: string, file = "lib/clean.js") => {
    put(context, "package.json", list);
    put(context, "node_modules/@acme/stages/package.json", packageJson);
    // The package is JavaScript already.
    const source = stageFile(`${keepNothing} ${returned}`);
    put(context, `node_modules/@acme/stages/${file}`, source);
  };
  const named = (file: string) => describeStage(file, context.workingDirectory);

  test.each([
    ["@acme/stages/lib/clean.js", {}, "lib/clean.js"],
    ["@acme/stages", { main: "./lib/clean.js" }, "lib/clean.js"],
    ["@acme/stages", {}, "index.js"],
    ["@acme/stages", { exports: "./lib/clean.js", main: "other.js" }, "lib/clean.js"],
    ["@acme/stages", { exports: { "./x": "./x.js", ".": { types: "./x.d.ts", import: "./clean.js" } } }, "clean.js"],
    ["@acme/stages", { exports: { require: "./x.cjs", default: "./clean.js" } }, "clean.js"],
  ])("%s runs, with a package.json of %j", async (file, more, written) => {
    install(manifest(more), written);
    expect((await runFile({}, file)).metrics).toEqual({ rows: 1 });
  });

  test("without a file of its name is refused", async () => {
    install(manifest({ exports: { "./clean.js": "./lib/clean.js" } }));
    expect(await catchFailure(named("@acme/stages"))).toMatchObject({
      code: "DATA_MISSING",
      facts: { where: "uses", next: "name one of its files: @acme/stages/FILE.js" },
    });
  });

  test("that is not installed, or not listed, is refused", async () => {
    expect((await catchFailure(named("@acme/stages"))).code).toBe("CODE_NOT_ALLOWED");
    put(context, "package.json", list);
    expect(await catchFailure(named("@acme/stages"))).toMatchObject({
      code: "DATA_MISSING",
      facts: { where: "uses", next: "npm install @acme/stages" },
    });
  });

  test.each(["package.json", "node_modules/@acme/stages/package.json"])(
    "%s that is not JSON is named",
    async (file) => {
      for (const content of ['{ "name": ', "[]"]) {
        install(manifest({}));
        put(context, file, content);
        const error = await catchFailure(named("@acme/stages/lib/clean.js"));
        expect(error).toMatchObject({ code: "DATA_INVALID", facts: { where: file } });
      }
    },
  );
});

describe("a stage that fails", () => {
  test.each([
    ["an unknown setting", { mots: 1 }, { where: "with.mots", message: "with.mots is not a known key" }],
    ["a setting of another type", { most: "x" }, { where: "with.most", message: 'with.most must be integer, got "x"' }],
    ["a violated rule", { most: 13 }, { where: "with.most", message: "with.most brings bad luck" }],
  ])("by %s says which, and is not retried", async (_what, settings, { where, message }) => {
    const more = `rules: [{ fields: ["most"], check: ({ most }) => most === 13
      ? { code: "NOT_ALLOWED", at: ["most"], message: "brings bad luck", next: "" } : undefined }],`;
    const error = await failure(`${keepNothing} ${returned}`, settings, {
      settings: "most: Type.Integer({ default: 1 })",
      more,
    });
    expect([error.code, error.facts.where, error.message]).toEqual(["STAGE_INVALID", where, message]);
  });

  test.each([
    ["throws", 'throw new Error("no such table");', "STAGE_FAILED", "no such table"],
    ["refuses", 'throw new Refusal("the file is empty");', "STAGE_REFUSED", "the file is empty"],
    ["throws something that is no error", "throw undefined;", "STAGE_FAILED", "undefined"],
    ["crashes", "process.abort();", "STAGE_FAILED", /killed by SIGABRT/],
    [
      "fills its memory",
      'console.error("FATAL ERROR: JavaScript heap out of memory"); process.abort();',
      "OUT_OF_MEMORY",
      /memory ran out/,
    ],
    [
      "fills its device",
      'throw new Error("OOM when allocating tensor with shape[1]");',
      "OUT_OF_MEMORY",
      /^OOM when allocating/,
    ],
    ["computes with tensors without saying so", "context.tensors.tf.scalar(1);", "STAGE_FAILED", /reading 'tf'/],
    ["exits", "process.exit(0);", "STAGE_FAILED", "the stage's process ended before run returned"],
    ["waits for nothing", "await new Promise(() => undefined);", "STAGE_FAILED", /ended before run returned/],
    [
      "returns no output",
      "return { outputs: {}, metrics: { rows: 1 } };",
      "STAGE_INVALID",
      /did not return outputs.kept/,
    ],
    ["returns no metric", `${keepNothing} return { outputs: { kept }, metrics: {} };`, "STAGE_INVALID", /metrics.rows/],
    [
      "returns NaN",
      `${keepNothing} return { outputs: { kept }, metrics: { rows: NaN } };`,
      "STAGE_INVALID",
      /metrics.rows/,
    ],
    [
      "returns an artifact that it never saw",
      'return { outputs: { kept: { artifact: "dataset", digest: "0".repeat(64) } }, metrics: { rows: 1 } };',
      "STAGE_INVALID",
      /outputs.kept/,
    ],
    [
      "writes a dataset that is none",
      'await context.putArtifact("dataset", (to) => fs.writeFileSync(to + "/data.jsonl", "x\\n"));',
      "DATA_INVALID",
      /not a row/,
    ],
    [
      "writes a dataset under another name",
      'await context.putArtifact("dataset", (to) => fs.writeFileSync(to + "/rows.txt", "x"));',
      "STAGE_INVALID",
      /one file of rows/,
    ],
  ])("one that %s", async (_what, body, code, message) => {
    const error = await failure(body);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  test("the place in its file is named, and its stack is in the output", async () => {
    const error = await failure('throw new Error("no such table");');
    expect(error.facts.where).toMatch(/^own\.mjs:\d+:\d+$/);
    expect(readFileSync(layout.output(context.home, "run", "stage", 1), "utf8")).toMatch(/no such table\n +at /);
  });

  test("the place in a file that it imports is named", async () => {
    put(context, "stages/lib/table.ts", '\nexport const table = () => { throw new Error("no such table"); };');
    put(context, "stages/own.ts", `import { table } from "./lib/table.js";\n${stageFile("table();")}`);
    expect((await catchFailure(runFile())).facts.where).toMatch(/^lib\/table\.ts:2:\d+$/);
  });

  test("a lost lease is its own error, whatever the stage makes of it", async () => {
    const gone = new PawlError("PREEMPTED", "another attempt has begun");
    context.confirmLease = () => Promise.reject(gone);
    await expect(run(`await context.confirmLease(); ${keepNothing} ${returned}`)).rejects.toBe(gone);
  });

  test("one that never returns is killed once its time is up", async () => {
    const reason = new Error("its timeout is near");
    const { log } = context;
    context.log = (message, data) => {
      log(message, data);
      if (message === "waits") context.abort(reason);
    };
    context.graceMs = () => 1;
    const body = 'context.log("waits"); setInterval(() => undefined, 1000); await new Promise(() => undefined);';
    await expect(run(`${body} ${keepNothing} ${returned}`)).rejects.toBe(reason);
    expect(context.logged).toContainEqual(expect.stringMatching(/the program ended .*"SIGKILL"/));
  });

  test("one that changes an artifact that it opened is refused", async () => {
    const data = await putDataset(context, [{ text: "one" }]);
    const body = `
      const directory = await context.openArtifact(settings.data);
      fs.chmodSync(directory + "/data.jsonl", 0o644);
      fs.writeFileSync(directory + "/data.jsonl", "changed");
      ${keepNothing} ${returned}`;
    const error = await failure(body, { data }, { settings: 'data: Artifact("dataset", "rows")' });
    expect([error.code, error.facts.where]).toEqual(["COMMAND_INVALID", "openArtifact"]);
  });
});

describe("a stage that computes with tensors", () => {
  const more = "computesWithTensors: true,";
  const files = `const { tf, save, load } = context.tensors; const file = context.workingDirectory + "/t.safetensors";`;

  test("reads the tensors that it wrote, bit by bit", async () => {
    const { metrics } = await run(
      `${files}
      await save(file, { third: tf.div(tf.scalar(1), 3), list: tf.tensor1d([1, -2], "int32") });
      const { third, list } = await load(file);
      const rows = third.dataSync()[0] === Math.fround(1 / 3) && list.dtype === "int32" ? list.dataSync()[1] : 0;
      ${keepNothing} return { outputs: { kept }, metrics: { rows } };`,
      {},
      { more },
    );
    expect(metrics).toEqual({ rows: -2 });
  });

  test.each([
    [
      "a tensor that the format has not",
      'await save(file, { yes: tf.tensor1d([true], "bool") });',
      /yes cannot be saved/,
    ],
    ["a file that is none", 'fs.writeFileSync(file, "x"); await load(file);', /safetensors/],
    ["a file that is missing", "await load(file);", /ENOENT/],
  ])("%s is refused", async (_what, body, message) => {
    const error = await failure(`${files} ${body}`, {}, { more });
    expect([error.code, error.message]).toEqual(["STAGE_FAILED", expect.stringMatching(message)]);
  });
});

describe("a file that cannot be loaded", () => {
  const described = (content: string) => {
    put(context, "stages/own.ts", content);
    return catchFailure(describeStage("./stages/own.ts", context.workingDirectory));
  };

  test.each([
    ["exports nothing", "export const one = 1;", "no default export", undefined],
    ["throws", 'throw new Error("no such table");', "no such table", /^own\.ts:1:\d+$/],
    ["ends its process", "process.exit(0);", "ended", undefined],
    ["never finishes to load", "await new Promise(() => undefined);", "ended", undefined],
    [
      "has syntax that types do not erase",
      "enum Color { Red }\nexport default Color;",
      "own.ts:1:1: TypeScript enum",
      undefined,
    ],
    ["has a mistake in its syntax", "export default {;", "own.ts:1:17", undefined],
    ["imports a file that is missing", 'import "./nowhere.ts";', "nowhere.ts", undefined],
    [
      "has no run",
      'export default { summary: "x", with: { type: "object" }, outputs: { type: "object" }, metrics: {} };',
      "must be a function",
      /^run$/,
    ],
    [
      "does not say whether it computes with tensors",
      stageFile("return 1 as never;", { more: 'computesWithTensors: "yes" as never,' }),
      "must be true or false",
      /^computesWithTensors$/,
    ],
    [
      "names a setting to read that it has not",
      stageFile("return 1 as never;", { more: 'reads: ["list"],' }),
      "there is no setting list",
      /^reads$/,
    ],
    [
      "learns from a setting that it has not",
      stageFile("return 1 as never;", { more: 'learnsFrom: { kept: ["list"] },' }),
      "there is no setting list",
      /^learnsFrom.kept$/,
    ],
    [
      "learns for an output that it has not",
      stageFile("return 1 as never;", { more: "learnsFrom: { model: [] }," }),
      "there is no output model",
      /^learnsFrom$/,
    ],
  ])("one that %s", async (_what, content, message, where) => {
    const error = await described(content);
    expect(["STAGE_INVALID", "STAGE_FAILED"]).toContain(error.code);
    expect(error.message).toContain(message);
    if (where !== undefined) expect(error.facts.where).toMatch(where);
  });

  test.each(["while (true);", "setInterval(() => undefined, 1000); await new Promise(() => undefined);"])(
    "one that never ends loading is given up: %s",
    async (content) => {
      put(context, "stages/own.ts", content);
      const error = await catchFailure(describeStage("./stages/own.ts", context.workingDirectory, 1000));
      expect(error).toMatchObject({
        code: "STAGE_INVALID",
        message: "the stage's file does not finish loading",
        facts: { where: "./stages/own.ts", expected: "a file that is loaded within 1 seconds" },
      });
    },
  );

  const named = 'throw new Error("no such table");';
  const helped = 'import { table } from "./lib/table.js"; table();';
  test.each([
    ["the stage's file", "", "", named, /^own\.ts:1:\d+$/],
    ["a file that it imports", "", `\n${named}`, 'import "./lib/table.js";', /^lib\/table\.ts:2:\d+$/],
    [
      "a function that it imports",
      "",
      `\n\nexport const table = () => { ${named} };`,
      helped,
      /^lib\/table\.ts:3:\d+$/,
    ],
    [
      "syntax in a file that it imports",
      "",
      "\nenum Color { Red }",
      'import "./lib/table.js";',
      /^lib\/table\.ts:2:1$/,
    ],
    [
      "a directory with spaces and brackets",
      "a b (1)",
      `\n${named}`,
      'import "./lib/table.js";',
      /^lib\/table\.ts:2:\d+$/,
    ],
    ["a directory with other letters", "été #1%", "", named, /^own\.ts:1:\d+$/],
  ])("the place is named in %s", async (_what, directory, helper, content, where) => {
    const project = path.join(context.workingDirectory, directory);
    put(context, path.join(directory, "stages/lib/table.ts"), helper);
    put(context, path.join(directory, "stages/own.ts"), content);
    expect((await catchFailure(describeStage("./stages/own.ts", project))).facts.where).toMatch(where);
  });
});
