import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { exitCodes } from "../../../cli/exit-codes.js";
import { main } from "../../../cli/program.js";
import { wantsColors } from "../../../cli/terminal.js";
import { verbs } from "../../../cli/verbs/index.js";
import { useDirectory } from "../../support/directory.js";
import { recordedTerminal } from "../../support/terminal.js";

const directory = useDirectory();
const before = process.cwd();
beforeEach(() => {
  process.chdir(directory());
  mkdirSync("pipelines");
});
afterEach(() => process.chdir(before));

async function type(...args: string[]): Promise<{ code: number; out: string; note: string }> {
  const terminal = recordedTerminal();
  const code = await main(args, terminal);
  return { code, ...terminal.written };
}

function pipeline(name: string, vocabularySize: string, ending = "yaml"): void {
  const text = [
    `name: ${name}`,
    "stages:",
    "  data:",
    "    uses: dataset",
    "    with: { source: { text: abc } }",
    "  tok:",
    "    uses: tokenize",
    "    with:",
    '      train: ["${{ stages.data.outputs.train }}"]',
    `      vocabularySize: ${vocabularySize}`,
  ];
  writeFileSync(path.join("pipelines", `${name}.${ending}`), text.join("\n"));
}

test("every verb has a module of its own that configures it, with --json", async () => {
  for (const verb of Object.keys(verbs)) {
    const { code, out } = await type("help", verb);
    expect({ verb, code, out }).toEqual({ verb, code: 0, out: expect.stringContaining(`Usage: pawl ${verb}`) });
    expect(out).toContain("--json");
  }
});

test("every verb's help ends with two examples of options that it has", async () => {
  for (const [verb, { examples }] of Object.entries(verbs)) {
    const [, inner] = verb === "verify" ? ["verify", "resume"] : [];
    const { out } = await type("help", verb);
    const options = inner === undefined ? out : (await type("help", verb, inner)).out;
    for (const [command, effect] of examples) {
      expect(command.split(" ")[0]).toBe(verb);
      expect(out).toContain(`  pawl ${command}\n      ${effect}`);
      for (const option of command.match(/ --?[a-z-]+/g) ?? [])
        expect(options.split("Examples:")[0]).toContain(`${option.trim()}`);
    }
  }
});

test("help lists the verbs", async () => {
  const { code, out } = await type();
  expect(code).toBe(0);
  for (const [verb, { summary }] of Object.entries(verbs)) expect(out).toMatch(new RegExp(`  ${verb} +${summary}`));
  expect(await type("--help")).toEqual({ code: 0, out, note: "" });
});

test("a misspelt verb is answered with the nearest one", async () => {
  const { code, note } = await type("vaildate", "x.yaml");
  expect(code).toBe(2);
  expect(note).toMatch(
    /^there is no verb vaildate\n {2}expected: one of init, run, resume, .*\n {2}UNKNOWN_KEY · next: pawl validate\n$/,
  );
  expect((await type("xyzzy")).note).toContain("next: pawl help");
});

test("a misspelt option is answered with the nearest one", async () => {
  expect(await type("run", "tiny", "--detatch")).toEqual({
    code: 2,
    out: "",
    note: "unknown option '--detatch'\n  UNKNOWN_KEY · next: write --detach (all options: pawl help run)\n",
  });
});

test("missing and surplus arguments and wrong numbers are reported", async () => {
  expect(await type("status")).toMatchObject({
    code: 2,
    note: expect.stringContaining("MISSING_KEY · next: pawl help status"),
  });
  expect(await type("status", "a", "b")).toMatchObject({
    code: 2,
    note: expect.stringContaining("next: pawl help status"),
  });
  expect(await type("plan", "x", "--seed", "-1")).toMatchObject({
    code: 2,
    note: expect.stringContaining("whole number of at least 0"),
  });
  expect(await type("plan", "x", "-i")).toMatchObject({ code: 2, note: expect.stringContaining("argument missing") });
});

test.each(["abc", "0", "-1", "1.5", ""])("list shows no %j runs: that is refused", async (limit) => {
  expect(await type("list", "--limit", limit)).toMatchObject({
    code: 2,
    out: "",
    note: expect.stringContaining("whole number of at least 1"),
  });
});

test("with --json an error is JSON on standard output", async () => {
  const { code, out, note } = await type("listt", "--json");
  expect({ code, note }).toEqual({ code: 2, note: "" });
  expect(JSON.parse(out)).toMatchObject({ error: { code: "UNKNOWN_KEY", facts: { next: "pawl list" } } });
});

test("validate checks every pipeline, prints located errors, and fails", async () => {
  pipeline("good", "300");
  pipeline("bad", "big");
  const { code, out, note } = await type("validate");
  expect(code).toBe(exitCodes.invalid);
  expect(out).toBe("ok  pipelines/good.yaml  good, 2 stages\n");
  expect(note).toMatchInlineSnapshot(`
   "pipelines/bad.yaml:10:23  stages.tok (tokenize): with.vocabularySize must be integer, got "big"
     10 |       vocabularySize: big
        |                       ^^^
     expected: number of tokens, bytes and special tokens included
     WRONG_TYPE · next: write a whole number

   "
  `);
});

test("validate of one file; of none; with --json", async () => {
  expect((await type("validate")).note).toContain("PIPELINE_NOT_FOUND");
  pipeline("good", "300");
  expect(await type("validate", "good")).toMatchObject({ code: 0, note: "" });
  expect(await type("validate", "pipelines/good.yaml")).toMatchObject({ code: 0, note: "" });
  const { code, out } = await type("validate", "good", "goood", "--json");
  expect(code).toBe(exitCodes.invalid);
  expect(JSON.parse(out)).toEqual([
    { file: "pipelines/good.yaml", ok: true, name: "good", stages: ["data", "tok"], warnings: [] },
    {
      file: "goood",
      ok: false,
      errors: [
        expect.objectContaining({
          code: "PIPELINE_NOT_FOUND",
          facts: expect.objectContaining({ next: "did you mean good?" }),
        }),
      ],
    },
  ]);
});

test("a pipeline's file may end with .yml; one name of two files is refused", async () => {
  pipeline("short", "300", "yml");
  const valid = { code: 0, out: "ok  pipelines/short.yml  short, 2 stages\n", note: "" };
  expect(await type("validate")).toEqual(valid);
  expect(await type("validate", "short")).toEqual(valid);
  expect((await type("validate", "pipelines/shot.yml")).note).toContain("did you mean pipelines/short.yml?");
  pipeline("short", "300");
  for (const names of [[], ["short"]]) {
    const { code, note } = await type("validate", ...names);
    expect({ code, note }).toEqual({
      code: exitCodes.invalid,
      note: expect.stringContaining("two pipelines have the name short"),
    });
    expect(note).toContain("got: pipelines/short.yaml, pipelines/short.yml");
  }
  expect(await type("validate", "pipelines/short.yml")).toEqual(valid);
});

test("a file that is far too large to be a definition is not read", async () => {
  writeFileSync("pipelines/huge.yaml", Buffer.alloc(5 << 20, 0x20));
  expect(await type("validate", "huge")).toMatchObject({
    code: exitCodes.invalid,
    note: expect.stringContaining("FILE_TOO_LARGE"),
  });
});

test("colors only on a terminal, and never against NO_COLOR", () => {
  expect(wantsColors({ isTTY: true }, {})).toBe(true);
  expect(wantsColors({ isTTY: false }, {})).toBe(false);
  expect(wantsColors({}, { FORCE_COLOR: "1" })).toBe(false);
  expect(wantsColors({ isTTY: true }, { NO_COLOR: "1" })).toBe(false);
  expect(wantsColors({ isTTY: true }, { TERM: "dumb" })).toBe(false);
});
