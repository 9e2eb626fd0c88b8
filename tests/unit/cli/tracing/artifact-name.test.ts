import { compilePipeline } from "../../../../compiler/compile.js";
import { namedArtifact } from "../../../../cli/tracing/artifact-name.js";
import { readContents } from "../../../../report/run/contents.js";
import { writeJson } from "../../../../formats/json-file.js";
import { writeSafetensors } from "../../../../formats/safetensors.js";
import type { ArtifactRef } from "../../../../schemas/artifact.js";
import type { StageState } from "../../../../schemas/run.js";
import { openArtifact, putArtifact } from "../../../../store/artifacts/artifacts.js";
import { readArtifactManifest } from "../../../../store/artifacts/find-artifact.js";
import { saveRecord } from "../../../../store/records/runs.js";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { useDirectory } from "../../../support/directory.js";

const home = useDirectory();

/** An artifact with a file of each format, and the record of a run that made it. */
async function made(): Promise<ArtifactRef> {
  const model = await putArtifact(home(), "model", async (directory) => {
    await writeJson(path.join(directory, "config.json"), { layers: 2, heads: [1, 2], more: { a: 1 } });
    await writeFile(path.join(directory, "data.jsonl"), [1, 2, 3, 4].map((n) => `{"n":${n}}\n`).join(""));
    const data = new Float32Array(6);
    await writeSafetensors(path.join(directory, "model.safetensors"), { w: { dtype: "float32", shape: [2, 3], data } });
    await writeJson(path.join(directory, "tokenizer.json"), { model: {} });
  });
  const outputs: Record<string, StageState["outputs"]> = { base: { model }, two: { model, initial: model }, none: {} };
  const ids = Object.keys(outputs);
  const stage = (id: string): string => `  ${id}: { uses: dataset, with: { source: { text: x } } }`;
  const { plan } = await compilePipeline({ text: `name: p\nstages:\n${ids.map(stage).join("\n")}\n` });
  await saveRecord(home(), {
    ...{ runId: "run-1", pipeline: "p", status: "succeeded", outputs: {}, startedAt: "2025-01-01T00:00:00.000Z", plan },
    stages: ids.map((id) => ({
      ...{ id, uses: "dataset", status: "succeeded", attempts: 1, outputs: outputs[id]!, metrics: {} },
    })),
  });
  return model;
}
const refusal = async (name: string) => {
  const error = await namedArtifact(home(), "inspect", name).catch((reason: unknown) => reason);
  return error as Error & { code: string; facts: Record<string, string> };
};

test("an artifact is named by its run, stage and output, or by the beginning of its digest", async () => {
  const model = await made();
  expect(await namedArtifact(home(), "inspect", "run-1/base/model")).toEqual(model);
  expect(await namedArtifact(home(), "inspect", "run-1/base")).toEqual(model);
  expect(await namedArtifact(home(), "inspect", model.digest.slice(0, 4))).toEqual(model);
});

test("a name that means no artifact, or several, is refused with what to write", async () => {
  await made();
  expect(await refusal("run-1/two")).toMatchObject({
    code: "UNKNOWN_REFERENCE",
    facts: { expected: "model, initial" },
  });
  expect((await refusal("run-1/two/modle")).facts["next"]).toBe("pawl inspect run-1/two/model");
  expect((await refusal("run-1/none")).message).toBe("run-1/none has 0 outputs");
  expect((await refusal("run-1/bse")).facts["next"]).toBe("pawl inspect run-1 base");
  expect((await refusal("run-2/base")).code).toBe("RUN_NOT_FOUND");
  expect((await refusal("run-1")).code).toBe("NOT_ALLOWED");
  expect((await refusal("0000ffff")).code).toBe("ARTIFACT_MISSING");
  const others = new Set<string>();
  // Until two digests begin with the same four digits.
  for (let i = 0; ; i++) {
    const { digest } = await putArtifact(home(), "files", (directory) =>
      writeFile(path.join(directory, "n"), String(i)),
    );
    const beginning = digest.slice(0, 4);
    if (others.has(beginning)) {
      expect((await refusal(beginning)).message).toBe(`2 artifacts begin with ${beginning}`);
      break;
    }
    others.add(beginning);
  }
});

test("its contents are facts, the first rows, and tensors", async () => {
  const model = await made();
  const { kind, files } = await readArtifactManifest(home(), model.digest);
  const directory = await openArtifact(home(), model);
  expect(kind).toBe("model");
  expect(
    await readContents(
      directory,
      files.map((file) => file.path),
      { rows: 3, columns: 8, tensors: 8, tokens: 8, values: 0 },
    ),
  ).toEqual([
    { file: "config.json", facts: { layers: 2, heads: "2 entries", more: "1 keys" } },
    { file: "data.jsonl", rows: ['{"n":1}', '{"n":2}', '{"n":3}'] },
    {
      file: "model.safetensors",
      tensors: { count: 1, values: 6, first: [{ name: "w", dtype: "float32", shape: [2, 3] }] },
    },
    { file: "tokenizer.json", problem: "tokenizer.json has no vocabulary" },
  ]);
});
