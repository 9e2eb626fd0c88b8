import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ArtifactKind } from "../../../schemas/artifact.js";
import { largestList } from "../../../schemas/foreach.js";
import { putArtifact } from "../../../store/artifacts/artifacts.js";
import { readItems } from "../../../worker/bookkeeping/read-items.js";
import { useDirectory } from "../../support/directory.js";

const home = useDirectory();

/** The list of an artifact with these files. */
async function listIn(kind: ArtifactKind, files: Record<string, string>): Promise<unknown> {
  const artifact = await putArtifact(home(), kind, (directory) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
      writeFileSync(path.join(directory, name), text);
    }
  });
  return readItems(home(), { stage: "each", artifact });
}

test.each<[ArtifactKind, Record<string, string>, unknown[]]>([
  ["files", { "files/shards": '{"path":"a"}\n"b"\n3\n' }, [{ path: "a" }, "b", 3]],
  ["files", { "files/shards.jsonl": "[1,2]\n\nnull" }, [[1, 2], null]],
  ["files", { "files/none": "" }, []],
  ["dataset", { "data.jsonl": '{"text":"a"}\n', "dataset.json": "{}" }, [{ text: "a" }]],
])("an artifact of kind %s has a list: %j", async (kind, files, items) => {
  expect(await listIn(kind, files)).toEqual(items);
});

test.each<[string, ArtifactKind, Record<string, string>, object]>([
  [
    "a line that is no JSON",
    "files",
    { "files/shards": "1\none\n" },
    { code: "DATA_INVALID", facts: { where: "stages.each: shards:2", got: '"one"' } },
  ],
  [
    "a line with a key twice",
    "files",
    { "files/shards": '{"a":1}\n{"a":1,"a":2}\n' },
    { code: "DATA_INVALID", facts: { where: "stages.each: shards:2" } },
  ],
  [
    "a file that is too large",
    "files",
    { "files/shards": "1\n".repeat(largestList) },
    { code: "OUT_OF_RANGE", facts: { where: "stages.each", got: `${2 * largestList} bytes` } },
  ],
  [
    "two files",
    "files",
    { "files/a": "1", "files/b": "2" },
    { code: "WRONG_ARTIFACT", facts: { where: "stages.each", got: "a, b" } },
  ],
  ["a directory", "files", { "files/a/b": "1" }, { code: "WRONG_ARTIFACT" }],
  ["a kind without lines", "model", { "config.json": "{}" }, { code: "WRONG_ARTIFACT", facts: { got: "model" } }],
])("refuses %s", async (_what, kind, files, error) => {
  await expect(listIn(kind, files)).rejects.toMatchObject(error);
});

test("a list that the store no longer has is made again", async () => {
  const artifact = { artifact: "files", digest: "0".repeat(64) } as const;
  await expect(readItems(home(), { stage: "each", artifact })).rejects.toMatchObject({
    code: "ARTIFACT_MISSING",
    facts: { artifact: artifact.digest },
  });
});
