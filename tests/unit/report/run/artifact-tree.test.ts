import { ancestry, descent, type ArtifactNode } from "../../../../report/run/artifact-tree.js";
import type { ResultRecord } from "../../../../store/records/record-types.js";

const ref = (digest: string) => ({ artifact: "model" as const, digest });

/** A result of a stage with artifacts in its settings and one output. */
const result = (stage: string, inputs: string[], output: string, endedAt = "2025-01-01T00:00:00.000Z") =>
  ({
    uses: "sft",
    with: {
      model: inputs[0] === undefined ? null : ref(inputs[0]),
      data: inputs.slice(1).map((d) => ({ data: ref(d) })),
    },
    outputs: { model: ref(output) },
    lineage: { stage, runId: "run-1", endedAt },
  }) as unknown as ResultRecord;

/** `a(b c)`; a dot marks a repetition, a question mark an artifact without a record. */
const text = ({ ref: { digest }, by, next, repeated }: ArtifactNode): string =>
  `${digest}${by === undefined ? "?" : ""}${repeated ? "." : ""}${next.length > 0 ? `(${next.map(text).join(" ")})` : ""}`;

const results = [
  result("base", ["t"], "b"),
  result("chat", ["b", "d", "d", "e"], "c"),
  result("other", ["b", "c"], "o"),
];

test("an artifact was made from those that its stage's settings name, each once", () => {
  expect(text(ancestry(results, ref("c")))).toBe("c(b(t?) d? e?)");
  expect(text(ancestry(results, ref("o")))).toBe("o(b(t?) c(b. d? e?))");
  expect(text(ancestry(results, ref("x")))).toBe("x?");
});

test("it leads to what was made from it", () => {
  expect(text(descent(results, ref("b")))).toBe("b(c(o) o)");
  expect(text(descent(results, ref("o")))).toBe("o");
});

test("of several stages that made the same bytes the first one counts", () => {
  const twice = [result("late", ["x"], "b", "2025-02-01T00:00:00.000Z"), result("early", ["y"], "b")];
  expect(ancestry(twice, ref("b"))).toMatchObject({ by: { stage: "early", output: "model", run: "run-1" } });
});
