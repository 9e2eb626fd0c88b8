import { main } from "../../../cli/program.js";
import { errorCodes } from "../../../platform/errors.js";
import { wrapped } from "../../../platform/text/wrap.js";
import { stageTypes } from "../../../schemas/stages/index.js";
import { recordedTerminal } from "../../support/terminal.js";

async function explain(...args: string[]) {
  const terminal = recordedTerminal();
  const code = await main(["explain", ...args], terminal);
  return { code, ...terminal.written };
}

test("an error code: what it means, what to do, whether a stage is tried again", async () => {
  const { code, out } = await explain("out_of_memory");
  expect(code).toBe(0);
  expect(out).toMatch(/^OUT_OF_MEMORY\n {2}Memory .*\nwhat to do\n {2}Lower `batchSize`/);
  expect(out).toContain("(class outOfMemory)\n  retried `retry.on.outOfMemory` times");
  expect(JSON.parse((await explain("DISK_FULL", "--json")).out)).toMatchObject({
    code: "DISK_FULL",
    class: "diskFull",
  });
});

test.each(Object.keys(errorCodes))("%s is explained in whole sentences", async (name) => {
  const explained = JSON.parse((await explain(name, "--json")).out) as Record<"meaning" | "fix" | "retries", string>;
  for (const text of [explained.meaning, explained.fix]) expect(text).toMatch(/^[A-Z`].{10,}[.)]$/s);
  expect(explained.retries).toMatch(/^(not )?retried/);
});

test.each(stageTypes)("%s: an example, settings, outputs and metrics", async (uses) => {
  const { out } = await explain(uses);
  expect(out.split("\n").filter((line) => /^\S/.test(line))).toEqual(
    [uses, "example", "with", /^outputs$/m.test(out) ? ["outputs"] : [], "metrics"].flat(),
  );
  expect(out.split("\n").every((line) => line.length <= 100)).toBe(true);
});

test("a stage's settings with type, default and bounds", async () => {
  const { out } = await explain("Pretrain");
  expect(out).toContain("  tokens  artifact: tokens, required\n");
  expect(out).toContain('  optimizer  adamw, muon, default "adamw"\n');
  expect(out).toContain(
    "  learningRate  number, default 0.001\n      peak learning rate, after the warm-up; > 0, ≤ 10\n",
  );
});

test("a name that is neither leads to the nearest", async () => {
  expect(await explain("artifact_missin")).toMatchObject({
    code: 1,
    note: expect.stringContaining("next: pawl explain ARTIFACT_MISSING"),
  });
  expect((await explain("pretrian")).note).toContain("next: pawl explain pretrain");
  expect((await explain("zzzzzz")).note).toContain("docs/reference/errors.md");
});

test("lines are as long as the terminal allows, longer words excepted", () => {
  expect(wrapped("one two three four", 11, "  ")).toBe("  one two\n  three\n  four");
  expect(wrapped("a reallylongword b", 6, "")).toBe("a\nreallylongword\nb");
  expect(wrapped("", 10, "  ")).toBe("");
});
