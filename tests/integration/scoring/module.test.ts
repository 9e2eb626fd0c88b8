import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import type { StageWith } from "../../../schemas/stages/index.js";
import { modulesRead } from "../../../schemas/fields/scoring.js";
import { readExternal } from "../../../worker/keys/external-inputs.js";
import { verifierMetrics } from "../../../schemas/fields/scoring.js";
import { stageIdentity } from "../../../worker/keys/identity.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, put } from "../../support/datasets.js";
import { root } from "../../support/pipelines.js";
import { closeAll, countFailures, scored, openTestVerifiers, type Pair } from "../../support/scoring.js";

let context: TestContext;
beforeEach(() => (context = testContext()));
afterEach(closeAll);
afterEach(() => context.remove());

const byModule = (source: string, pairs: readonly Pair[], limits: object = {}) => {
  put(context, "modules/rule.mjs", source);
  return scored(context, { kind: "module", path: "modules/rule.mjs", timeLimitMs: 60_000, ...limits }, pairs);
};

test("a module sees the row and gives a number, a boolean, or a promise of one", async () => {
  put(
    context,
    "modules/rule.mjs",
    `export default ({ prompt, response, reference, task }) => {
      if (response === "later") return new Promise((resolve) => setImmediate(() => resolve(-2.5)));
      if (response === "all") return [prompt, reference, task].join() === "q,r,t";
      return response === reference;
    };`,
  );
  const scorer = await openTestVerifiers(context, { kind: "module", path: "modules/rule.mjs", weight: 2 });
  const rows = [
    { prompt: "q", response: "all", reference: "r", task: "t" },
    { prompt: "q", response: "x", reference: "x" },
    { prompt: "q", response: "x", reference: "y" },
    { prompt: "q", response: "later" },
  ];
  expect(await scorer.score(rows)).toEqual([2, 2, 0, -5]);
  expect(scorer.describe).toBe("module × 2");
  expect(Object.keys(scorer.counts())).toEqual(Object.keys(verifierMetrics));
  expect(countFailures(scorer)).toEqual({});
});

test("the demo's modules, with what they import, score a row as the worker has them do it", async () => {
  const reference = "It is in South America. Its capital is Lima. They pay in Peruvian sol.";
  const rows = [
    { prompt: "q", response: "It is in South America. Its capital is Lima.", reference },
    { prompt: "q", response: "It is in South America. Its capital is Quito.", reference },
  ];
  const here = { ...context, workingDirectory: root };
  const verifier = await openTestVerifiers(here, { kind: "module", path: "stages/rules/wholly-true.mjs" });
  expect(await verifier.score(rows)).toEqual([1, 0]);
  const judge = await openTestVerifiers(here, { kind: "module", path: "stages/rules/true-statements.mjs" });
  expect(await judge.score(rows)).toEqual([2, 0]);
});

test("what a module does wrong scores 0, is counted, and the next row is judged all the same", async () => {
  const source = `
    let rows = 0;
    const eat = (blocks) => { for (;;) blocks.push(Array.from({ length: 1000 }, () => ({}))); };
    const acts = {
      "throws": () => { throw new Error("no"); },
      "throws nothing": () => { throw undefined; },
      "throws what has no text": () => { throw { toString() { throw 1; } }; },
      "rejects": async () => { throw new Error("no"); },
      "eats": () => eat([]),
      "recurses": function f() { return f() + f(); },
      "leaves": () => process.exit(3),
      "NaN": () => NaN,
      "infinite": () => 1 / 0,
      "text": () => "1",
      "nothing": () => {},
      "says it later": () => { setImmediate(() => { throw new Error("late"); }); return new Promise(() => {}); },
      "good": () => 1,
    };
    export default ({ response }) => acts[response]();
  `;
  const wrong = [
    "throws",
    "throws nothing",
    "throws what has no text",
    "rejects",
    "eats",
    "recurses",
    "leaves",
    "NaN",
    "infinite",
    "text",
    "nothing",
    "says it later",
  ];
  const pairs = wrong.flatMap((response): Pair[] => [
    [response, ""],
    ["good", ""],
  ]);
  const { scores, failures } = await byModule(source, pairs, { memoryLimitBytes: 1 << 26 });
  expect(scores).toEqual(wrong.flatMap(() => [0, 1]));
  expect(failures).toEqual({
    verifierErrors: 9,
    verifierOutOfMemory: 1,
    verifierNotFinite: 2,
  });
});

describe("a module that keeps something between rows", () => {
  const kept = `
    const memo = new Map();
    export default ({ response }) => {
      if (response === "leaves" && memo.size > 0) process.exit(3);
      if (response === "eats") for (;;) memo.set(memo.size, Array.from({ length: 1000 }, () => ({})));
      memo.set(response, Array.from({ length: 30000 }, () => ({})));
      return 1;
    };`;
  const limits = { memoryLimitBytes: 1 << 25 };
  const rows = (first: number, end: number): Pair[] =>
    Array.from({ length: end - first }, (_, i) => [`${first + i}`, ""]);

  test("passes its memory limit on no row, wherever the attempt begins", async () => {
    for (const first of [0, 50]) {
      const { scores, failures } = await byModule(kept, rows(first, 120), limits);
      expect(scores).toEqual(rows(first, 120).map(() => 1));
      expect(failures).toEqual({});
    }
  });

  test("fails on a row that takes too much memory by itself, once", async () => {
    const { scores, failures } = await byModule(kept, [["a", ""], ["eats", ""], ["b", ""]], limits); // prettier-ignore
    expect(scores).toEqual([1, 0, 1]);
    expect(failures).toEqual({ verifierOutOfMemory: 1 });
  });

  test("does not fail on a row that ends its thread because of earlier rows", async () => {
    expect((await byModule(kept, [["a", ""], ["leaves", ""]], limits)).scores).toEqual([1, 1]); // prettier-ignore
  });
});

test.each([
  ["loops", "for (;;);"],
  ["never answers", "return new Promise(() => {});"],
])("a module that %s fails the attempt and scores nothing; the row is named", async (_name, body) => {
  put(context, "modules/rule.mjs", `export default () => { ${body} };`);
  const scorer = await openTestVerifiers(context, { kind: "module", path: "modules/rule.mjs", timeLimitMs: 500 });
  const error = await catchFailure(scorer.score([{ prompt: "how?", response: "x".repeat(500) }]));
  expect(error).toMatchObject({
    code: "RULE_TIMEOUT",
    message: `there was no verdict on the response "${"x".repeat(80)}…" to "how?" within 500 ms`,
    facts: { where: "with.verifiers[0]" },
  });
  expect(countFailures(scorer)).toEqual({});
});

/** Judges one row by `modules/rule.mjs` in a process of its own, and prints the score. */
const judging = `
  import { openVerifiers } from ${JSON.stringify(path.join(import.meta.dirname, "../../../activities/scoring/verifiers.ts"))};
  const context = { workingDirectory: process.cwd(), signal: new AbortController().signal, log() {}, progress() {}, async yield() {} };
  async function main() {
    const verifier = { kind: "module", path: "modules/rule.mjs", weight: 1, timeLimitMs: 3000 };
    const scorer = await openVerifiers([verifier], context as never);
    const [score] = await scorer.score([{ prompt: "q", response: "r" }]);
    process.stdout.write("score " + score);
    await scorer.close();
  }
  main().catch((error) => process.stdout.write(error.code + " " + error.message, () => process.exit(1)));
`;

const hasProc = existsSync("/proc/self/environ");

/** A process that judges one row, and what it prints. */
function judgingProcess(env: NodeJS.ProcessEnv = process.env) {
  put(context, "judging.ts", judging);
  const runner = path.join(import.meta.dirname, "../../../scripts/typescript.cjs");
  const child = spawn(process.execPath, [runner, "judging.ts"], { cwd: context.workingDirectory, env });
  const printed: string[] = [];
  child.stdout.on("data", (chunk: Buffer) => printed.push(chunk.toString()));
  return { child, printed };
}
const exists = async (name: string): Promise<void> => {
  while (!existsSync(path.join(context.workingDirectory, name))) await new Promise((resolve) => setImmediate(resolve));
};

test("a process that is stopped for three times the limit and continued judges as if nothing had been", async () => {
  put(
    context,
    "modules/rule.mjs",
    `import { existsSync, writeFileSync } from "node:fs";
    export default async () => {
      writeFileSync("begun", "");
      while (!existsSync("go-on")) await new Promise((resolve) => setTimeout(resolve, 5));
      return 1;
    };`,
  );
  const { child, printed } = judgingProcess();
  await exists("begun");
  child.kill("SIGSTOP");
  // Three limits pass here, where nothing is stopped.
  put(context, "modules/never.mjs", "export default () => new Promise(() => {});");
  for (let limits = 0; limits < 3; limits++) {
    const scorer = await openTestVerifiers(context, { kind: "module", path: "modules/never.mjs", timeLimitMs: 3000 });
    await catchFailure(scorer.score([{ prompt: "q", response: "r" }]));
  }
  put(context, "go-on", "");
  child.kill("SIGCONT");
  await once(child, "close");
  expect(printed.join("")).toBe("score 1");
});

(hasProc ? test : test.skip)(
  "a module finds nothing of the worker's environment, wherever it looks for its own (needs /proc)",
  async () => {
    put(
      context,
      "modules/rule.mjs",
      `import { existsSync, readFileSync } from "node:fs";
    const files = ["/proc/self/environ", "/proc/thread-self/environ", \`/proc/\${process.pid}/environ\`];
    const found = files.filter(existsSync).map((file) => readFileSync(file, "utf8"));
    const names = found.flatMap((text) => text.split("\\0")).filter((text) => text !== "");
    // What Node.js itself gives a process to speak by, and what is the same on every machine.
    const usual = (name) => name.startsWith("NODE_CHANNEL_") || ["TZ=UTC", "LANG=C.UTF-8"].includes(name);
    export default () => names.filter((name) => !usual(name)).length;`,
    );
    const { child, printed } = judgingProcess({ ...process.env, HF_TOKEN: "secret" });
    await once(child, "close");
    expect(printed.join("")).toBe("score 0");
  },
);

(hasProc ? test : test.skip)("the process of a rule ends with the one that asked for it (needs /proc)", async () => {
  put(
    context,
    "modules/rule.mjs",
    `import { renameSync, writeFileSync } from "node:fs";
    export default () => {
      writeFileSync("pid.part", String(process.pid));
      renameSync("pid.part", "pid");
      for (;;);
    };`,
  );
  const { child } = judgingProcess();
  await exists("pid");
  const pid = Number(readFileSync(path.join(context.workingDirectory, "pid"), "utf8"));
  expect(isRunning(pid)).toBe(true);
  child.kill("SIGKILL");
  while (isRunning(pid)) await new Promise((resolve) => setImmediate(resolve));
});

const isRunning = (pid: number): boolean => {
  try {
    // A zombie has no command line.
    return readFileSync(`/proc/${pid}/cmdline`, "utf8") !== "";
  } catch {
    return false;
  }
};

test("a rule whose process is killed fails the attempt, which may be the system's doing, and scores nothing", async () => {
  put(
    context,
    "modules/rule.mjs",
    `export default ({ response }) => { if (response === "dies") process.kill(process.pid, "SIGKILL"); return 1; };`,
  );
  const scorer = await openTestVerifiers(context, { kind: "module", path: "modules/rule.mjs" });
  const error = await catchFailure(scorer.score([{ prompt: "q", response: "dies" }]));
  expect(error).toMatchObject({ code: "RESOURCES_EXHAUSTED", message: expect.stringContaining("SIGKILL") });
  expect(countFailures(scorer)).toEqual({});
  expect(await scorer.score([{ prompt: "q", response: "lives" }])).toEqual([1]);
});

test.each([
  ["is not there", undefined, "DATA_MISSING", "with.verifiers[0].path"],
  ["does not parse", "export default (", "MODULE_INVALID", "with.verifiers[0].path"],
  ["throws when loaded", "throw new Error('no')", "MODULE_INVALID", "with.verifiers[0].path"],
  ["ends the thread when loaded", "process.exit(0)", "MODULE_INVALID", "with.verifiers[0].path"],
  ["has no function to give", "export default 42", "MODULE_INVALID", "with.verifiers[0].path"],
  ["has no default export", "export const rule = () => 1", "MODULE_INVALID", "with.verifiers[0].path"],
])("a module that %s is a located error", async (_name, source, code, where) => {
  if (source !== undefined) put(context, "modules/rule.mjs", source);
  const error = await catchFailure(openTestVerifiers(context, { kind: "module", path: "modules/rule.mjs" }));
  expect(error).toMatchObject({ code, facts: { where } });
});

test("a module outside the working directory is refused", async () => {
  const error = await catchFailure(openTestVerifiers(context, { kind: "module", path: "../rule.mjs" }));
  expect(error).toMatchObject({ code: "PATH_TRAVERSAL", facts: { where: "with.verifiers[0].path" } });
});

describe("code of a definition", () => {
  const load = (file: string) => catchFailure(openTestVerifiers(context, { kind: "module", path: file }));
  const rule = "export default () => 1";

  test.each([
    ["inline text of a stage", ".pawl/downloads/inline/0123"],
    ["a hidden directory", "modules/.cache/rule.mjs"],
    ["an installed package", "node_modules/evil/rule.mjs"],
    ["a package inside a code directory", "modules/node_modules/evil/rule.mjs"],
    ["data of the project", "data/rule.mjs"],
    ["the project itself", "rule.mjs"],
    ["a directory whose name begins like a code directory", "modules-of-others/rule.mjs"],
  ])("never is %s", async (_, file) => {
    put(context, file, rule);
    expect((await load(file)).code).toMatch(/^(CODE_NOT_ALLOWED|PATH_TRAVERSAL)$/);
  });

  test("never is what a link in a code directory leads to outside of it", async () => {
    put(context, "data/rule.mjs", rule);
    mkdirSync(path.join(context.workingDirectory, "modules"));
    symlinkSync("../data/rule.mjs", path.join(context.workingDirectory, "modules/rule.mjs"));
    expect((await load("modules/rule.mjs")).code).toBe("PATH_TRAVERSAL");
  });

  test("never lies in PAWL_HOME, wherever that is", async () => {
    put(context, "modules/home/rule.mjs", rule);
    process.env["PAWL_HOME"] = path.join(context.workingDirectory, "modules/home");
    try {
      expect(await load("modules/home/rule.mjs")).toMatchObject({
        code: "PATH_TRAVERSAL",
        message: expect.stringContaining("PAWL_HOME"),
      });
    } finally {
      delete process.env["PAWL_HOME"];
    }
  });

  test("may come from stages/, modules/, and packages that package.json lists", async () => {
    const row = { prompt: "q", response: "x" };
    for (const file of ["stages/rule.mjs", "modules/deep/rule.mjs"]) {
      put(context, file, rule);
      expect(await (await openTestVerifiers(context, { kind: "module", path: file })).score([row])).toEqual([1]);
    }
    put(context, "node_modules/@acme/rules/package.json", '{ "version": "1.0.0" }');
    put(context, "node_modules/@acme/rules/exact.mjs", rule);
    const listed = { kind: "module", path: "@acme/rules/exact.mjs" } as const;
    expect((await catchFailure(openTestVerifiers(context, listed))).code).toBe("CODE_NOT_ALLOWED");
    put(context, "package.json", '{ "pawl": { "codePackages": ["@acme/rules"] } }');
    expect(await (await openTestVerifiers(context, listed)).score([row])).toEqual([1]);
  });

  test("has the same time zone and language on every machine", async () => {
    const { TZ, LANG } = process.env;
    Object.assign(process.env, { TZ: "Pacific/Auckland", LANG: "de_DE.UTF-8", LC_ALL: "de_DE.UTF-8" });
    try {
      const source = "export default () => new Date(2024, 0, 1).getTime() + Number((0.5).toLocaleString())";
      expect((await byModule(source, [["x", ""]])).scores).toEqual([Date.UTC(2024, 0, 1) + 0.5]);
    } finally {
      delete process.env["LC_ALL"];
      for (const [name, value] of Object.entries({ TZ, LANG }))
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
    }
  });

  test("sees nothing of the worker's environment", async () => {
    process.env["HF_TOKEN"] = "secret";
    try {
      const source = "export default () => Object.keys(process.env).length";
      expect((await byModule(source, [["x", ""]])).scores).toEqual([0]);
    } finally {
      delete process.env["HF_TOKEN"];
    }
  });
});

test("stopping the stage stops a module that runs", async () => {
  put(context, "modules/rule.mjs", "export default () => { for (;;); }");
  const scorer = await openTestVerifiers(context, { kind: "module", path: "modules/rule.mjs", timeLimitMs: 60_000 });
  const scoring = scorer.score([{ prompt: "", response: "" }]);
  context.abort(new Error("told to stop"));
  await expect(scoring).rejects.toThrow("told to stop");
});

describe("a stage's key", () => {
  const fingerprint = async (settings: object) => (await readExternal(modulesRead(settings), context)).fingerprint;
  const module = (path: string) => ({ kind: "module", path, weight: 1, prefer: "more" }) as const;

  test("changes with a module of its verifiers or its judge, and with nothing else", async () => {
    put(context, "modules/a.mjs", "export default () => 1");
    put(context, "modules/b.mjs", "export default () => 2");
    const settings = {
      verifiers: [{ kind: "number", weight: 1 }, module("modules/a.mjs")],
      judge: module("modules/b.mjs"),
    };
    const before = await fingerprint(settings);
    put(context, "modules/c.mjs", "");
    expect(await fingerprint(settings)).toBe(before);
    put(context, "modules/b.mjs", "export default () => 3");
    const changed = await fingerprint(settings);
    expect(changed).not.toBe(before);
    put(context, "modules/a.mjs", "export default () => 4");
    expect(await fingerprint(settings)).not.toBe(changed);
  });

  test("is that of before where there are no modules, or none that can be read", async () => {
    expect(await fingerprint({ model: "x" })).toBeNull();
    expect(await fingerprint({ verifiers: [{ kind: "exact", weight: 1 }] })).toBeNull();
    expect(await fingerprint({ judge: module("modules/missing.mjs") })).toBe('[["with.judge.path",null]]');
  });

  test("holds the module's digest as its source", async () => {
    put(context, "modules/a.mjs", "export default () => 1");
    const settings = { judge: module("modules/a.mjs") };
    const stage = {
      uses: "collect-preferences",
      with: settings as unknown as StageWith<"collect-preferences">,
      seed: 1,
    } as const;
    const identity = await stageIdentity(stage, {
      gpu: false,
      home: context.home,
      workingDirectory: context.workingDirectory,
    });
    expect(identity.source).toBe(await fingerprint(settings));
    expect(identity.source).toMatch(/^\[\["with\.judge\.path","[0-9a-f]{64}"\]\]$/);
  });

  describe("counts what a module imports", () => {
    const settings = { judge: module("modules/rule.mjs") };
    const rule = (...lines: string[]) =>
      put(context, "modules/rule.mjs", [...lines, "export default () => 1"].join("\n"));
    /** Whether the key is another one once a file has another content. */
    const changesWith = async (file: string, content = "export const x = 2;"): Promise<boolean> => {
      const before = await fingerprint(settings);
      put(context, file, content);
      return (await fingerprint(settings)) !== before;
    };

    test.each([
      ["an import", 'import { x } from "./helper.mjs";'],
      ["a re-export", 'export { x } from "./helper.mjs";'],
      ["an import for its effects, with a query", 'import "./helper.mjs?once#twice";'],
      ["a dynamic import", 'const { x } = await import("./helper.mjs");'],
      ["a dynamic import of a template", "const { x } = await import(`./helper.mjs`);"],
      ["an import by an escaped name", 'import { x } from "./h\\u0065lper%2emjs";'],
    ])("%s", async (_, line) => {
      put(context, "modules/helper.mjs", "export const x = 1;");
      put(context, "modules/other.mjs", "export const x = 1;");
      rule(line);
      expect(await changesWith("modules/other.mjs")).toBe(false);
      expect(await changesWith("modules/helper.mjs")).toBe(true);
    });

    test("what that imports, in circles and outside of the directory too, and data", async () => {
      rule('import { x } from "./deep/one.mjs";');
      put(context, "modules/deep/one.mjs", 'export * from "../../shared/two.mjs"; import "../rule.mjs";');
      put(context, "shared/two.mjs", 'import table from "./table.json" with { type: "json" }; export const x = table;');
      put(context, "shared/table.json", "1");
      expect(await changesWith("shared/table.json", "2")).toBe(true);
      expect(await changesWith("shared/two.mjs")).toBe(true);
      // Nothing imports it any more.
      expect(await changesWith("shared/table.json", "3")).toBe(false);
    });

    test("what a link leads to, from where it lies", async () => {
      rule('import { x } from "./linked.mjs";');
      put(context, "modules/deep/real.mjs", 'export { x } from "./helper.mjs";');
      put(context, "modules/deep/helper.mjs", "export const x = 1;");
      symlinkSync("deep/real.mjs", path.join(context.workingDirectory, "modules/linked.mjs"));
      expect(await changesWith("modules/deep/helper.mjs")).toBe(true);
    });

    test.each([
      ["a dynamic import of what is computed", 'const { x } = await import("./" + "helper.mjs");'],
      ["require", 'import { createRequire } from "node:module";'],
      ["a thread", 'import { Worker } from "worker_threads";'],
      ["a name of package.json", 'import { x } from "#helper";'],
      ["a file of CommonJS", 'import "./old.cjs";'],
    ])("every file of the directory for code, where %s leaves open which", async (_, line) => {
      put(context, "modules/old.cjs", 'require("./" + "other.cjs");');
      put(context, "modules/node_modules/x/index.js", "1");
      put(context, "stages/other.mjs", "1");
      rule(line);
      expect(await changesWith("modules/deep/new.txt", "1")).toBe(true);
      expect(await changesWith("modules/deep/new.txt", "2")).toBe(true);
      expect(await changesWith("stages/other.mjs", "2")).toBe(false);
      expect(await changesWith("modules/node_modules/x/index.js", "2")).toBe(false);
    });

    test("the version of a package; files of its own for a module that a package holds", async () => {
      rule('import { sep } from "node:path";', 'import { x } from "@acme/tools/deep.mjs";');
      const before = await fingerprint(settings);
      put(context, "node_modules/@acme/tools/package.json", '{ "version": "1.0.0" }');
      expect(await changesWith("node_modules/@acme/tools/package.json", '{ "version": "1.0.1" }')).toBe(true);
      expect(await changesWith("node_modules/@acme/tools/deep.mjs")).toBe(false);
      expect(await fingerprint(settings)).not.toBe(before);

      put(context, "package.json", '{ "pawl": { "codePackages": ["@acme/tools"] } }');
      put(context, "node_modules/@acme/tools/rule.mjs", 'import "./deep.mjs"; export default () => 1;');
      const ofPackage = { judge: module("@acme/tools/rule.mjs") };
      const first = await fingerprint(ofPackage);
      put(context, "node_modules/@acme/tools/deep.mjs", "export const x = 3;");
      expect(await fingerprint(ofPackage)).not.toBe(first);
    });

    test("every file of a linked package, and of those that this one imports; nothing of their node_modules", async () => {
      put(context, "packages/tools/package.json", '{ "version": "1.0.0", "main": "main.cjs" }');
      put(context, "packages/tools/main.cjs", 'module.exports = require("./deep.cjs");');
      put(context, "packages/tools/deep.cjs", "module.exports = 1;");
      put(context, "packages/tools/other.mjs", 'import "@acme/base"; import "./missing.mjs";');
      put(context, "packages/tools/node_modules/installed/index.js", "1");
      put(context, "packages/base/package.json", '{ "version": "1.0.0" }');
      put(context, "packages/base/index.js", "export {};");
      put(context, "node_modules/@acme/empty", "");
      for (const name of ["tools", "base"])
        symlinkSync(
          path.join(context.workingDirectory, "packages", name),
          path.join(context.workingDirectory, "node_modules/@acme", name),
        );
      rule('import x from "@acme/tools";');
      for (const file of ["tools/deep.cjs", "tools/data/table.csv", "base/index.js"])
        expect(await changesWith(`packages/${file}`)).toBe(true);
      expect(await changesWith("packages/tools/node_modules/installed/index.js")).toBe(false);
    });

    test("and refuses an import that leads nowhere, where it stands", async () => {
      put(context, "modules/helper.mjs", '// One\nexport { x } from "./missing.mjs";');
      rule('import { x } from "./helper.mjs";');
      const error = await catchFailure(readExternal(modulesRead(settings), context));
      expect(error).toMatchObject({
        code: "MODULE_INVALID",
        message: "modules/helper.mjs imports a file that does not exist: ./missing.mjs",
        facts: { where: "with.judge.path, modules/helper.mjs:2:20", got: "./missing.mjs" },
      });
      // It may be one that the module can do without.
      rule('const { x } = await import("./missing.mjs").catch(() => ({ x: 1 }));');
      expect(await changesWith("modules/missing.mjs")).toBe(true);
    });

    test("and refuses what leaves its imports open outside the directory for code, and too many", async () => {
      rule('import "../old/tools.cjs";');
      put(context, "old/tools.cjs", "1");
      const error = () => catchFailure(readExternal(modulesRead(settings), context));
      expect(await error()).toMatchObject({ code: "MODULE_INVALID", facts: { got: "old/tools.cjs" } });
      rule(...Array.from({ length: 1000 }, (_, i) => `import "./many/${i}.mjs";`));
      for (let i = 0; i < 1000; i++) put(context, `modules/many/${i}.mjs`, "export {};");
      expect(await error()).toMatchObject({ code: "MODULE_INVALID", facts: { expected: "at most 1000 files" } });
    });
  });
});
