import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { filesContent } from "../../activities/command/inputs.js";
import { rowsFile } from "../../formats/dataset.js";
import { duplicateKey } from "../../platform/text/duplicate-key.js";
import { PawlError } from "../../platform/errors.js";
import { shortJson, type Json } from "../../platform/json.js";
import { utf8Text } from "../../platform/text/utf8.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import { largestList, listFacts, tooLarge, type ItemsRequest } from "../../schemas/foreach.js";
import { openArtifact } from "../../store/artifacts/artifacts.js";
import { ownStore } from "./own-store.js";

/**
 * Reads the list of a stage with `foreach` from an artifact: one item for each line of its file of
 * JSON lines.
 * @throws PawlError WRONG_ARTIFACT if the artifact has no such file; OUT_OF_RANGE if that is too
 *   large; DATA_INVALID for a line that is not JSON; ARTIFACT_MISSING, ARTIFACT_CORRUPT;
 *   OTHER_STORE
 */
export async function readItems(home: string, { stage, artifact, store }: ItemsRequest): Promise<Json[]> {
  await ownStore(home, store);
  const where = `stages.${stage}`;
  const file = await listFile(await openArtifact(home, artifact), artifact, where);
  const { size } = await stat(file);
  if (size > largestList) {
    const { code, message, facts } = tooLarge(size);
    throw new PawlError(code, `foreach ${message}`, { where, ...facts });
  }
  const name = `${where}: ${path.basename(file)}`;
  const lines = utf8Text(await readFile(file), name, "DATA_INVALID").split("\n");
  return lines.flatMap((line, i) => (line.trim() === "" ? [] : [parseItem(line, `${name}:${i + 1}`)]));
}

async function listFile(directory: string, { artifact: kind }: ArtifactRef, where: string): Promise<string> {
  if (kind === "dataset") return path.join(directory, rowsFile);
  if (kind !== "files")
    throw new PawlError("WRONG_ARTIFACT", `foreach cannot read a list from an artifact of kind ${kind}`, {
      where,
      ...listFacts,
      got: kind,
    });
  const found = await readdir(path.join(directory, filesContent), { withFileTypes: true });
  const [only] = found;
  if (only?.isFile() && found.length === 1) return path.join(directory, filesContent, only.name);
  throw new PawlError("WRONG_ARTIFACT", "foreach takes an artifact with one file", {
    where,
    expected: "one file of JSON lines",
    got:
      found.length === 0
        ? "no file"
        : found
            .map(({ name }) => name)
            .slice(0, 5)
            .join(", "),
    next: "declare the file alone as an output of the stage that writes it",
  });
}

function parseItem(line: string, where: string): Json {
  let item: Json;
  try {
    item = JSON.parse(line) as Json;
  } catch {
    throw new PawlError("DATA_INVALID", "a line of the list of foreach is not JSON", {
      where,
      expected: "one JSON value a line",
      got: shortJson(line),
      next: "correct what the stage before writes",
    });
  }
  const twice = duplicateKey(line);
  if (twice === undefined) return item;
  throw new PawlError("DATA_INVALID", `a line of the list of foreach has the key ${twice} twice`, {
    where,
    expected: "each key once",
    got: shortJson(line),
    next: "correct what the stage before writes",
  });
}
