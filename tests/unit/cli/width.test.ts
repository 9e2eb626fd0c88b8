import fc from "fast-check";
import picocolors from "picocolors";
import { runLines } from "../../../cli/render/run-lines.js";
import { cut, plain } from "../../../cli/render/values.js";
import { displayWidth } from "../../../cli/render/width.js";
import type { RunView } from "../../../api/reading/run-view.js";
import type { StageState, StageStatus } from "../../../schemas/run.js";

const colors = picocolors.createColors(true);
const statuses: StageStatus[] = ["queued", "running", "parked", "waiting", "succeeded", "failed"];

test.each([
  ["abc", 3],
  ["磁盘已满", 8],
  ["ｆｕｌｌ", 8],
  ["한글", 4],
  ["e\u0301", 1],
  ["é – “x” …", 9],
  ["✓ ⏸ ● ↻ ○", 9],
  ["◆ ↺ ▓░ ▁█ └├", 12],
  ["🎉", 2],
  ["⚠\ufe0f", 2],
  ["\u001b[31m", 10],
])("%j takes %d columns", (text, columns) => expect(displayWidth(text)).toBe(columns));

test("a line of wide characters is cut at the terminal's width", () => {
  expect(cut("磁盘已满", 8)).toBe("磁盘已满");
  expect(cut("磁盘已满", 7)).toBe("磁盘已…");
  expect(cut("磁盘已满", 6)).toBe("磁盘…");
  expect(plain(cut(`${colors.red("磁盘a")}b满c`, 6))).toBe("磁盘a…");
});

test("whatever the texts, a cut line is as wide as the terminal at most, and ends its colors", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "磁", "e\u0301", "🎉", " ", "⚠\ufe0f"), maxLength: 20 });
  fc.assert(
    fc.property(text, text, fc.integer({ min: 1, max: 30 }), (one, other, width) => {
      const shown = cut(`${one}${colors.red(other)}${one}`, width);
      expect(displayWidth(plain(shown))).toBeLessThanOrEqual(width);
      expect(shown.includes("\u001b[31m")).toBe(shown.includes("\u001b[39m"));
    }),
  );
});

function view(stages: readonly StageStatus[], note?: string): RunView {
  const failure = {
    code: "DATA_EMPTY",
    class: "configuration",
    message: "没有数据".repeat(30),
    facts: { next: "加" },
  } as const;
  const of = (status: StageStatus, i: number): StageState => {
    return {
      id: `s${i}`,
      uses: "dataset",
      status,
      attempts: 1,
      outputs: {},
      metrics: {},
      ...(status === "parked" && { failure }),
    };
  };
  return {
    runId: "r",
    startedAtMs: 0,
    queued: new Set(),
    progress: {},
    ...(note !== undefined && { note }),
    state: { pipeline: "p", status: "parked", outputs: {}, stages: stages.map(of) },
  };
}

test("many parked stages: all of them are shown, then as many commands as fit, of the first ones", () => {
  const parked = view(
    Array.from({ length: 15 }, () => "parked" as const),
    "the server does not answer",
  );
  const lines = runLines(parked, { columns: 100, rows: 23, colors: picocolors.createColors(false), nowMs: 1000 });
  expect(lines).toHaveLength(23);
  expect(lines.filter((line) => line.includes("⏸"))).toHaveLength(16);
  const command = (i: number): string => `    waits for an action: pawl retry | skip | abort r s${i}`;
  expect(lines.filter((line) => line.includes("waits for an action"))).toEqual([0, 1, 2, 3, 4, 5].map(command));
  expect(lines.at(-1)).toBe("  the server does not answer");
});

test("whatever the run, its lines fit into the terminal", () => {
  const runs = fc.array(fc.constantFrom(...statuses), { maxLength: 60 });
  const notes = fc.constantFrom(undefined, "the server does not answer");
  fc.assert(
    fc.property(runs, notes, fc.nat({ max: 40 }), fc.integer({ min: 10, max: 120 }), (stages, note, rows, columns) => {
      const lines = runLines(view(stages, note), { columns, rows, colors, nowMs: 1000 });
      expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows));
      for (const line of lines) expect(displayWidth(plain(line))).toBeLessThanOrEqual(columns);
    }),
  );
});
