import { escapeReason } from "../../platform/containment.js";
import { PawlError } from "../../platform/errors.js";
import { isObject, type Json } from "../../platform/json.js";
import { artifactKinds, type ArtifactRef } from "../../schemas/artifact.js";
import { manifestName, type FileEntry } from "../artifacts/manifest.js";
import { unsealed } from "../records/seal.js";

/**
 * A run as one file: a tar archive, compressed with gzip, of
 *
 *     index.json                  this index, sealed; the first entry
 *     provenance.json             an in-toto statement over the artifacts' files
 *     run/pipeline.yaml           the definition
 *     run/plan.json run/record.json
 *     children/1/…                the same three of the run of a child pipeline
 *     results/KEY.json            what the store records under each stage's key
 *     artifacts/DIGEST/…          an artifact's files, manifest.json first
 */
export interface RunFileIndex {
  format: 1;
  runId: string;
  pipeline: string;
  /** The runs of child pipelines, in the order of their directories; absent: there are none. */
  children?: string[];
  /** Keys of the results. */
  results: string[];
  artifacts: ArtifactRef[];
  /** Every other entry, in the order of the archive. */
  files: FileEntry[];
}

export const indexName = "index.json";
export const provenanceName = "provenance.json";
export const runFiles = { definition: "pipeline.yaml", plan: "plan.json", record: "record.json" } as const;
/**
 * The directory of a run's files.
 * @param index 0: the run itself; else the place of the child, from 1
 */
export const runDirectory = (index: number): string => (index === 0 ? "run" : `children/${index}`);
export const resultName = (key: string): string => `results/${key}.json`;
export const artifactDirectory = (digest: string): string => `artifacts/${digest}`;

/** Largest index, bytes: some 150,000 files. */
export const largestIndex = 32 * 1024 * 1024;
/** Maximum number of entries. */
export const maxEntries = 100_000;
/** Largest entry that is read into memory as a whole, bytes: all but the files of artifacts. */
const largestText = 64 * 1024 * 1024;

const digest = /^[0-9a-f]{64}$/;

/**
 * The index in a text.
 * @throws PawlError RUN_FILE_INVALID if it is damaged, or names a file that a run file does not
 *   have; PATH_TRAVERSAL
 */
export function parseIndex(text: string, file: string): RunFileIndex {
  const found = unsealed(text);
  if (found === undefined) throw invalid(file, `${indexName} is damaged`);
  if (found["format"] !== 1) throw invalid(file, "it has the format of another version of Pawl");
  const index = found as unknown as RunFileIndex;
  const isWhole =
    [index.runId, index.pipeline].every((text) => typeof text === "string" && text !== "") &&
    (index.children === undefined || isArrayWith(index.children, (id) => typeof id === "string" && id !== "")) &&
    isArrayWith(index.results, (key) => typeof key === "string" && digest.test(key)) &&
    isArrayWith(index.artifacts, isArtifact) &&
    isArrayWith(index.files, isFile);
  if (!isWhole) throw invalid(file, `${indexName} lacks something`);
  const ofRuns = ["", ...(index.children ?? [])].flatMap((_, i) =>
    Object.values(runFiles).map((name) => `${runDirectory(i)}/${name}`),
  );
  if (index.files.length > maxEntries)
    throw invalid(file, `it lists ${index.files.length} files, more than ${maxEntries}`);
  const known = new Set<string>([provenanceName, ...ofRuns, ...index.results.map(resultName)]);
  const directories = new Set(index.artifacts.map(({ digest }) => artifactDirectory(digest)));
  for (const { path, size } of index.files) {
    refuseOutside(path, file);
    const [directory, rest] = [path.split("/", 2).join("/"), path.split("/").slice(2).join("/")];
    if (size > largestText && (!directories.has(directory) || rest === manifestName))
      throw invalid(file, `it lists ${path} with ${size} bytes, more than ${largestText}`);
    if (!known.delete(path) && !(directories.has(directory) && rest !== ""))
      throw invalid(file, `it lists ${path}, which no run file has, or twice`);
  }
  for (const directory of directories) known.add(`${directory}/${manifestName}`);
  for (const { path } of index.files) known.delete(path);
  if (known.size > 0) throw invalid(file, `it does not list ${[...known][0]}`);
  return index;
}

/**
 * @throws PawlError PATH_TRAVERSAL if an entry's name may leave the directory that it is unpacked
 *   to
 */
export function refuseOutside(name: string, file: string): void {
  const reason =
    escapeReason(name) ?? (name.includes("\\") || name !== plainPath(name) ? "it is spelled oddly" : undefined);
  if (reason !== undefined)
    throw new PawlError("PATH_TRAVERSAL", `an entry of the file leads out of its directory: ${reason}`, {
      where: file,
      expected: "files with relative names, as `pawl export` writes them",
      got: JSON.stringify(name),
      next: "do not use this file",
    });
}

export function invalid(file: string, reason: string, cause?: unknown): PawlError {
  return new PawlError(
    "RUN_FILE_INVALID",
    `the file cannot be imported: ${reason}`,
    {
      where: file,
      expected: "a whole, unchanged file that `pawl export` wrote",
      next: "copy it again, or export the run again; nothing was imported",
    },
    { cause },
  );
}

const plainPath = (name: string): string =>
  name
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");

const isArrayWith = (value: unknown, check: (item: Json) => boolean): boolean =>
  Array.isArray(value) && (value as Json[]).every(check);

const isArtifact = (value: Json): boolean =>
  isObject(value) &&
  (artifactKinds as readonly unknown[]).includes(value["artifact"]) &&
  typeof value["digest"] === "string" &&
  digest.test(value["digest"]);

const isFile = (value: Json): boolean =>
  isObject(value) &&
  typeof value["path"] === "string" &&
  Number.isSafeInteger(value["size"]) &&
  (value["size"] as number) >= 0 &&
  typeof value["sha256"] === "string" &&
  digest.test(value["sha256"]);
