import { realpath } from "node:fs/promises";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { moduleFile } from "../../activities/scoring/code-roots.js";
import { moduleImports, type ModuleImports } from "../../activities/scoring/module-imports.js";
import { packageDirectory } from "../../activities/dataset/sources/package.js";
import { filesBelow } from "../../activities/dataset/sources/paths.js";
import { readingError } from "../../activities/dataset/tables/resource-error.js";
import { listDigest, sha256 } from "../../platform/digests.js";
import { isWithin } from "../../platform/containment.js";
import { errorCodes, PawlError } from "../../platform/errors.js";
import { fileRoot } from "../../platform/program/shipped.js";
import { mapBounded } from "../../platform/map-bounded.js";
import { digestPhase } from "../../schemas/run.js";
import type { ExternalInput } from "../../schemas/stage.js";
import {
  fileSignature,
  readDigest,
  rememberedDigest,
  sourceChanged,
  type SourceDigest,
} from "../../store/changes/source-digests.js";
import { findTrainingData } from "../../store/changes/training-data.js";
import type { Progress } from "../../schemas/stage-result.js";

/** Where a stage's external inputs are, and what is known about them. */
export interface SourcePlace {
  home: string;
  workingDirectory: string;
  signal?: AbortSignal;
  /** Called while files are read. */
  onProgress?: (progress: Progress) => void;
}

/** The content of a stage's external inputs, as read for its key. */
export interface ExternalState {
  /**
   * For the key: a digest of files (those of a linked package as well), the version of an installed
   * package (null if it does not exist), a digest of a module's code, a digest of a lineage's
   * training data; null for a stage without inputs.
   */
  fingerprint: string | null;
  /** Names of files, versions of packages and digests of training data, by setting. */
  found: readonly Found[];
  files: readonly (SourceDigest & NamedFile)[];
}

/** A file as the definition names it, and where it is on this machine. */
interface NamedFile {
  name: string;
  path: string;
}

/**
 * What a setting names: files below the project directory or another root (see fileRoot), with the
 * packages that code imports; the version of a package (the files of a linked one), or training
 * data; null for neither.
 */
type Found = { where: string } & (
  | { version: string | null }
  | { trainingData: string }
  | { root: string; files: string[]; packages?: ModuleImports["packages"] }
);

/**
 * Files read at the same time: enough to keep the disk busy, too few to reach a limit on open
 * files.
 */
const filesAtOnce = 8;

/** A stage's external inputs before any file is read: their names, and the remembered digests. */
export interface FoundInputs {
  found: readonly Found[];
  files: readonly (NamedFile & { remembered: SourceDigest | undefined })[];
  /** Bytes of the files whose digests are not remembered. */
  unreadBytes: number;
}

/**
 * Finds a stage's external inputs.
 * @throws PawlError DATA_UNREADABLE if one exists and cannot be inspected
 */
export async function findExternal(inputs: readonly ExternalInput[], place: SourcePlace): Promise<FoundInputs> {
  const found = await findInputs(inputs, place);
  const looked = await mapBounded(distinctFiles(found), filesAtOnce, (file) =>
    readable(file.name, async () => {
      const signature = await fileSignature(file.path);
      const remembered = await rememberedDigest(place.home, file.path, signature);
      return { file: { ...file, remembered }, unread: remembered ? 0 : Number(signature.size) };
    }),
  );
  return {
    found,
    files: looked.map(({ file }) => file),
    unreadBytes: looked.reduce((sum, { unread }) => sum + unread, 0),
  };
}

/**
 * Reads what was found, files by their content. Null stands for a file or package that does not
 * exist, and for nothing else: the stage reports it when it runs.
 * @throws PawlError DATA_UNREADABLE if one exists and cannot be read; DATA_CHANGED if one changes
 *   meanwhile
 */
export async function readFound(
  { found, files: wanted, unreadBytes }: FoundInputs,
  place: SourcePlace,
): Promise<ExternalState> {
  const onRead = place.onProgress && readingProgress(unreadBytes, place.onProgress);
  const files = await mapBounded(wanted, filesAtOnce, async ({ remembered, ...file }) => ({
    ...file,
    ...(remembered ?? (await sourceDigest(file, place, onRead))),
  }));
  const digests = new Map(files.map((file) => [file.path, file.sha256]));
  const print = (what: Found): string | null => {
    if ("trainingData" in what) return what.trainingData;
    if (!("files" in what)) return what.version;
    const ofFiles = listDigest(namedFiles(what).map(({ name, path }) => ({ name, sha256: digests.get(path)! })));
    return what.packages === undefined ? ofFiles : sha256(JSON.stringify([ofFiles, what.packages]));
  };
  const prints = found.map((what) => [what.where, print(what)]);
  return { fingerprint: found.length === 0 ? null : JSON.stringify(prints), found, files };
}

/** Reports how far files have been read for their digests. @param total bytes to read */
function readingProgress(total: number, tell: (progress: Progress) => void): (bytes: number) => void {
  const beganAt = performance.now();
  let done = 0;
  return (bytes) => {
    done += bytes;
    const secondsEach = (performance.now() - beganAt) / 1000 / done;
    const etaSeconds = secondsEach * Math.max(0, total - done);
    tell({ phase: digestPhase, done, total, unit: "bytes", etaSeconds, metrics: {} });
  };
}

/** Finds and reads a stage's external inputs. @throws as these do */
export async function readExternal(inputs: readonly ExternalInput[], place: SourcePlace): Promise<ExternalState> {
  return readFound(await findExternal(inputs, place), place);
}

/**
 * Refuses the result of a stage whose files have changed since its key was computed: other files,
 * other content, or a new modification time (a file that was edited and restored may have been read
 * in between).
 * @throws PawlError DATA_CHANGED
 */
export async function refuseChanged(
  before: ExternalState,
  inputs: readonly ExternalInput[],
  place: SourcePlace,
): Promise<void> {
  const found = await findAgain(inputs, place);
  const other = before.found.find((was, i) => !isDeepStrictEqual(was, found[i]));
  if (other !== undefined) throw sourceChanged(other.where);
  await mapBounded(before.files, filesAtOnce, async (was) => {
    const now = await readable(was.name, () => fileSignature(was.path));
    if (was.settled && isDeepStrictEqual(now, was.signature)) return;
    const { sha256 } = await sourceDigest(was, place);
    if (sha256 !== was.sha256 || now.modified !== was.signature.modified) throw sourceChanged(was.name);
  });
}

/**
 * An input that can no longer be found, for example an import that no longer resolves, has changed.
 */
async function findAgain(inputs: readonly ExternalInput[], place: SourcePlace): Promise<Found[]> {
  try {
    return await findInputs(inputs, place);
  } catch (error) {
    if (error instanceof PawlError && errorCodes[error.code] === "configuration")
      throw sourceChanged(error.facts.where ?? error.message);
    throw error;
  }
}

async function findInputs(
  inputs: readonly ExternalInput[],
  { home, workingDirectory }: Pick<SourcePlace, "home" | "workingDirectory">,
): Promise<Found[]> {
  return mapBounded(inputs, filesAtOnce, async (input): Promise<Found> => {
    const { where } = input;
    if ("lineageModel" in input) {
      const trainingData = await findTrainingData(home, input.lineageModel);
      return { where, trainingData: sha256(JSON.stringify(trainingData)) };
    }
    try {
      return await readable(where, async () => {
        if ("package" in input) {
          const { version, directory, link } = await packageDirectory(input.package, workingDirectory);
          if (link === undefined) return { where, version };
          return { where, root: link, files: await filesBelow(directory, "**", where) };
        }
        if ("module" in input) return { where, ...(await moduleCode(input.module, where, workingDirectory)) };
        const root = fileRoot(input.files, workingDirectory);
        return { where, root, files: await filesBelow(root, input.files, where) };
      });
    } catch (error) {
      if (error instanceof PawlError && error.code === "DATA_MISSING") return { where, version: null };
      throw error;
    }
  });
}

/** A module with everything that it imports. */
async function moduleCode(
  module: string,
  where: string,
  project: string,
): Promise<{ root: string; files: string[]; packages?: ModuleImports["packages"] }> {
  const { files, packages } = await moduleImports(await moduleFile(module, where, project), { where, project });
  const root = fileRoot(module, project);
  const real = await realpath(root);
  // Names do not depend on the location of the project.
  const names = files.map((file) => path.relative(isWithin(file, real) ? real : root, file));
  return { root, files: names.sort(), ...(packages.length > 0 && { packages }) };
}

function namedFiles({ root, files }: { root: string; files: string[] }): NamedFile[] {
  return files.map((name) => ({ name, path: path.join(root, name) }));
}

/** Removes duplicate files and sorts the rest. */
function distinctFiles(found: readonly Found[]): NamedFile[] {
  const files = found.flatMap((what) => ("files" in what ? namedFiles(what) : []));
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

function sourceDigest(
  { name, path: file }: NamedFile,
  { home, signal }: SourcePlace,
  onRead?: (bytes: number) => void,
): Promise<SourceDigest> {
  return readable(name, async () => {
    const remembered = await rememberedDigest(home, file, await fileSignature(file));
    return remembered ?? readDigest(home, file, { ...(signal && { signal }), ...(onRead && { onRead }) });
  });
}

/** Turns system errors of a source into an error with a code: they may be transient. */
async function readable<T>(what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw readingError(error, what);
  }
}
