import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { ArtifactRef } from "../../../schemas/artifact.js";
import { layout } from "../../../store/home.js";
import { catchFailure, put } from "../../support/datasets.js";
import type { TestContext } from "../../support/stage-context.js";
import { commandContext, readContent, imports, javaScript, runCommand, tell } from "./support.js";

let context: TestContext;
beforeEach(() => (context = commandContext()));
afterEach(() => context.remove());

const run = (settings: object) => runCommand(context, settings);
const failure = (settings: object) => catchFailure(run(settings));

/** Rows of text as an artifact. */
const rows = (texts: readonly string[]) =>
  run({
    shell: true,
    run: `printf '%s\\n' ${texts.map((text) => `'${JSON.stringify({ text })}'`).join(" ")} > "$PAWL_OUTPUTS/rows"`,
    outputs: { rows: { kind: "dataset" } },
  }).then(({ outputs }) => outputs["rows"]!);

describe("a program", () => {
  test("reads its inputs, and what it writes becomes artifacts", async () => {
    const text = await rows(["one", "two"]);
    const { outputs, metrics } = await run(
      javaScript(
        `${imports}
         const text = fs.readFileSync(path.join(env.PAWL_INPUTS, "text", "data.jsonl"), "utf8");
         fs.mkdirSync(path.join(env.PAWL_OUTPUTS, "deep"));
         fs.writeFileSync(path.join(env.PAWL_OUTPUTS, "deep", "copy.txt"), text);
         fs.writeFileSync(path.join(env.PAWL_OUTPUTS, "manifest.json"), "{}");
         ${tell({ event: "metrics", metrics: { lines: 2 } })}`,
        {
          inputs: { text },
          outputs: { copies: { kind: "files", path: "deep" }, one: { kind: "files", path: "manifest.json" } },
          metrics: ["lines"],
        },
      ),
    );
    expect(metrics).toEqual({ lines: 2 });
    expect(await readContent(context, outputs["copies"], "copy.txt")).toBe('{"text":"one"}\n{"text":"two"}\n');
    // A later program sees the files, without the store's manifest.
    const listed = await run({
      shell: true,
      run: 'ls "$PAWL_INPUTS"/* > "$PAWL_OUTPUTS/list"',
      inputs: { copies: outputs["copies"], one: outputs["one"] },
      outputs: { list: { kind: "files" } },
    });
    expect((await readContent(context, listed.outputs["list"], "list")).replaceAll(/^.*inputs\//gm, "")).toBe(
      "copies:\ncopy.txt\n\none:\nmanifest.json\n",
    );
  });

  test("gets a clean environment, its own variables, the seed, and its working directory", async () => {
    process.env["A_TOKEN"] = "secret";
    put(
      context,
      "tools/run.sh",
      'echo "$A_TOKEN|$LEVEL|$PAWL_SEED|$PAWL_RESUME|$1|$(basename "$PWD")" > "$PAWL_OUTPUTS/said"',
    );
    try {
      const { outputs } = await run({
        run: ["sh", "run.sh", 0.5],
        workdir: "tools",
        env: { LEVEL: 3 },
        outputs: { said: { kind: "files" } },
      });
      expect(await readContent(context, outputs["said"], "said")).toBe("|3|7||0.5|tools\n");
    } finally {
      delete process.env["A_TOKEN"];
    }
  });

  test("has the same time zone and language on every machine, unless its definition names others", async () => {
    const { TZ, LANG } = process.env;
    Object.assign(process.env, {
      TZ: "Pacific/Auckland",
      LANG: "de_DE.UTF-8",
      LC_ALL: "de_DE.UTF-8",
      LC_TIME: "de_DE",
    });
    const shown = async (env: object): Promise<string> => {
      const script = 'echo "$TZ|$LANG|$LC_ALL|$LC_TIME|$(date -d @0 +%H)" > "$PAWL_OUTPUTS/said"';
      const { outputs } = await run({ shell: true, run: script, env, outputs: { said: { kind: "files" } } });
      return readContent(context, outputs["said"], "said");
    };
    try {
      expect(await shown({})).toBe("UTC|C.UTF-8|||00\n");
      expect(await shown({ TZ: "EST5", LC_ALL: "C" })).toBe("EST5|C.UTF-8|C||19\n");
    } finally {
      for (const name of ["LC_ALL", "LC_TIME"]) delete process.env[name];
      for (const [name, value] of Object.entries({ TZ, LANG }))
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
    }
  });

  test("writes an equal dataset whatever its spelling of JSON", async () => {
    const plain = await rows(["a", "b"]);
    const { outputs } = await run({
      shell: true,
      run: `printf '{ "text" : "a" }\\n{"text":"\\\\u0062"}' > "$PAWL_OUTPUTS/rows"`,
      outputs: { rows: { kind: "dataset" } },
    });
    const read = async (ref: ArtifactRef) =>
      readFileSync(path.join(await context.openArtifact(ref), "data.jsonl"), "utf8");
    expect(await read(outputs["rows"]!)).toBe(await read(plain));
  });
});

describe("events", () => {
  test("are progress, metrics of a step, metrics of the result, and lines of the log", async () => {
    const { metrics } = await run(
      javaScript(
        `${imports} ${tell(
          { event: "progress", done: 1, total: 4, unit: "epochs", phase: "train", metrics: { loss: 2 } },
          { event: "metrics", step: 1, metrics: { "train/loss": 2 } },
          { event: "metrics", metrics: { accuracy: 0.5 } },
          { event: "metrics", metrics: { accuracy: 0.75 } },
          { event: "log", message: "half way" },
        )}`,
      ),
    );
    expect(metrics).toEqual({ accuracy: 0.75 });
    expect(context.reported).toMatchObject([
      { phase: "train", done: 1, total: 4, unit: "epochs", metrics: { loss: 2 } },
    ]);
    expect(context.recorded).toEqual([{ step: 1, metrics: { "train/loss": 2 } }]);
    expect(context.logged).toContainEqual(expect.stringContaining("half way"));
  });

  test("that are none are counted, and the first are shown with the reason", async () => {
    const long = "x".repeat(70_000);
    const { metrics } = await run({
      shell: true,
      run: `printf '%s\\n' '{"event": "metrics", "metrics": {"loss": NaN}}' '[]' '{"event": "hello"}' '{"event":"progress","done":-1,"total":2}' '{"event":"metrics","metrics":{"a b":1}}' '${long}' '{"event": "metrics", "metrics": {"a": 1}}' '{"event":"log"}' >&3; printf '{"event": "metr' >&3`,
    });
    expect(metrics).toEqual({ a: 1, invalidEvents: 8 });
    expect(context.logged.filter((line) => line.includes("PAWL_EVENTS")).map((line) => line.split('"')[0])).toEqual([
      "line 1 of PAWL_EVENTS is not an event: it is not JSON {",
      "line 2 of PAWL_EVENTS is not an event: it is not an object {",
      "line 3 of PAWL_EVENTS is not an event: event must be progress, metrics or log {",
      "line 4 of PAWL_EVENTS is not an event: done and total must be whole numbers from 0 {",
      "line 5 of PAWL_EVENTS is not an event: metrics must map names to numbers {",
    ]);
  });
});

describe("output", () => {
  test("of 100 MB is kept from both ends, and what is left out is counted", async () => {
    await run({ shell: true, run: "echo first; head -c 100000000 /dev/zero; echo; echo last >&2" });
    const file = layout.output(context.home, "run", "stage", 1);
    expect(statSync(file).size).toBeLessThan(2.1 * 2 ** 20);
    const text = readFileSync(file, "latin1");
    expect([text.slice(0, 6), text.slice(-5)]).toEqual(["first\n", "last\n"]);
    expect(text).toMatch(/… \d{8} bytes left out …|bytes left out/);
    expect(context.logged).toContainEqual(expect.stringMatching(/the program ended .*"bytesLeftOut":\d{8}/));
  });
});

describe("an end", () => {
  test.each([
    ["exit 1", "COMMAND_FAILED", "the program ended with exit code 1"],
    ["exit 75", "COMMAND_FAILED", "the program ended with exit code 75"],
    ["exit 65", "COMMAND_REFUSED", "the program ended with exit code 65, which says that a retry is of no use"],
    ["exit 79", "OUT_OF_MEMORY", "the program ended with exit code 79: memory ran out"],
    ["echo No space left on device; exit 1", "DISK_FULL", "the disk is full; nothing finished was lost"],
    ["kill -SEGV $$", "COMMAND_FAILED", "the program was killed by SIGSEGV"],
    ["false; exit 0", "COMMAND_FAILED", "the program ended with exit code 1"],
  ])("of `%s` is %s", async (script, code, message) => {
    const told = await failure({ shell: true, run: `echo why >&2\n${script}` });
    expect(told).toMatchObject({ code, message });
    if (code !== "DISK_FULL")
      expect(told.facts).toMatchObject({ where: "with.run", got: expect.stringMatching(/^why/) as string });
  });

  test("of a program that is not there is COMMAND_NOT_FOUND", async () => {
    const told = await failure({ run: ["no-such-program-here"] });
    expect(told.code).toBe("COMMAND_NOT_FOUND");
    expect(told.facts.got).toContain("no-such-program-here");
  });

  test("of a file that may not be executed is COMMAND_NOT_FOUND", async () => {
    put(context, "tool", "#!/bin/sh\n");
    expect((await failure({ run: ["./tool"] })).code).toBe("COMMAND_NOT_FOUND");
  });
});

describe("the contract", () => {
  test.each<[string, object, string, string, ...string[]]>([
    [
      "an output is missing",
      { run: ":", outputs: { model: { kind: "files" } } },
      "COMMAND_INVALID",
      "PAWL_OUTPUTS/model",
    ],
    [
      "an output is a link",
      { run: 'ln -s /etc "$PAWL_OUTPUTS/o"', outputs: { o: { kind: "files" } } },
      "PATH_TRAVERSAL",
      "with.outputs.o.path",
    ],
    [
      "an output holds a link",
      { run: 'mkdir "$PAWL_OUTPUTS/o"; ln -s x "$PAWL_OUTPUTS/o/l"', outputs: { o: { kind: "files" } } },
      "COMMAND_INVALID",
      "PAWL_OUTPUTS/o/l",
    ],
    ["a metric is missing", { run: ":", metrics: ["loss"] }, "COMMAND_INVALID", "with.metrics"],
    [
      "a dataset is a directory",
      { run: 'mkdir "$PAWL_OUTPUTS/d"', outputs: { d: { kind: "dataset" } } },
      "COMMAND_INVALID",
      "PAWL_OUTPUTS/d",
    ],
    [
      "a dataset is empty",
      { run: ': > "$PAWL_OUTPUTS/d"', outputs: { d: { kind: "dataset" } } },
      "DATA_EMPTY",
      "PAWL_OUTPUTS/d",
    ],
    [
      "a row is of another form",
      { run: `printf '{"text":"a"}\\n{"prompt":"a"}\\n' > "$PAWL_OUTPUTS/d"`, outputs: { d: { kind: "dataset" } } },
      "DATA_INVALID",
      "PAWL_OUTPUTS/d:2",
    ],
    [
      "a row holds a number",
      { run: `printf '{"text":"a","entity":3}\\n' > "$PAWL_OUTPUTS/d"`, outputs: { d: { kind: "dataset" } } },
      "DATA_INVALID",
      "PAWL_OUTPUTS/d:1",
    ],
    [
      "a row is not UTF-8",
      {
        run: `printf '{"text":"a"}\\n{"text":"caf\\351"}\\n' > "$PAWL_OUTPUTS/d"`,
        outputs: { d: { kind: "dataset" } },
      },
      "DATA_INVALID",
      "PAWL_OUTPUTS/d:2",
      "bytes that are not UTF-8",
    ],
    [
      "a row has a key twice",
      { run: `printf '{"text":"a","text":"b"}\\n' > "$PAWL_OUTPUTS/d"`, outputs: { d: { kind: "dataset" } } },
      "DATA_INVALID",
      "PAWL_OUTPUTS/d:1",
      "the key text twice",
    ],
    [
      "a row has a key twice, first with a number",
      {
        run: `printf '{"entity":3,"text":"a","entity":"b"}\\n' > "$PAWL_OUTPUTS/d"`,
        outputs: { d: { kind: "dataset" } },
      },
      "DATA_INVALID",
      "PAWL_OUTPUTS/d:1",
      "the key entity twice",
    ],
    [
      "a row has half a surrogate pair",
      { run: `printf '{"text":"a\\\\ud83d"}\\n' > "$PAWL_OUTPUTS/d"`, outputs: { d: { kind: "dataset" } } },
      "DATA_INVALID",
      "PAWL_OUTPUTS/d:1",
      "half a surrogate pair",
    ],
    [
      "a model has no weights",
      { run: 'mkdir "$PAWL_OUTPUTS/m"; echo {} > "$PAWL_OUTPUTS/m/config.json"', outputs: { m: { kind: "model" } } },
      "COMMAND_INVALID",
      "PAWL_OUTPUTS/m",
    ],
    [
      "a checkpoint is a file",
      { run: 'echo > "$PAWL_CHECKPOINT_DIR/tmp"; mv "$PAWL_CHECKPOINT_DIR/tmp" "$PAWL_CHECKPOINT_DIR/5"' },
      "COMMAND_INVALID",
      "PAWL_CHECKPOINT_DIR/5",
    ],
    ["a file that it reads is missing", { run: ":", files: ["code/*.py"] }, "DATA_MISSING", "with.files[0]"],
    ["the working directory is missing", { run: ":", workdir: "nowhere" }, "DATA_MISSING", "with.workdir"],
  ])("%s", async (_name, settings, code, where, ...[got]) => {
    const told = await failure({ shell: true, ...settings });
    expect(told).toMatchObject({ code, facts: { where, ...(got !== undefined && { got }) } });
  });

  test("an input that the program changes is refused, and is built again", async () => {
    const text = await rows(["one"]);
    const changed = await failure({
      shell: true,
      run: 'chmod u+w "$PAWL_INPUTS"/text/data.jsonl; echo more >> "$PAWL_INPUTS/text/data.jsonl"',
      inputs: { text },
    });
    expect(changed).toMatchObject({ code: "COMMAND_INVALID", facts: { where: "PAWL_INPUTS/text" } });
    expect((await catchFailure(context.openArtifact(text))).code).toBe("ARTIFACT_CORRUPT");
  });

  test("files that belong to no output are counted and named", async () => {
    const { metrics } = await run({ shell: true, run: 'echo > "$PAWL_OUTPUTS/a"; echo > "$PAWL_OUTPUTS/b"' });
    expect(metrics).toEqual({ leftOut: 2 });
    expect(context.logged).toContainEqual(expect.stringContaining('"files":["a","b"]'));
  });

  test("a dataset's file belongs to its output", async () => {
    const { metrics } = await run({
      shell: true,
      run: `echo '{"text":"one"}' > "$PAWL_OUTPUTS/rows"`,
      outputs: { rows: { kind: "dataset" } },
    });
    expect(metrics).toEqual({});
  });

  test("nothing is left in the temporary directory", async () => {
    await failure({ shell: true, run: "exit 1" });
    await run({ shell: true, run: ":" });
    expect(readdirSync(layout.temporary(context.home))).toEqual([]);
  });
});
