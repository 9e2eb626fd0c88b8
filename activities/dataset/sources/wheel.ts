import path from "node:path";
import { PawlError } from "../../../platform/errors.js";
import { usualGrowth } from "../../../platform/growth.js";
import type { StageContext } from "../../stage.js";
import { download, keptDownload } from "./download.js";
import { indexedFiles, type IndexedFile } from "./index-page.js";
import { packageIndex } from "./package-index.js";
import { patternExpression } from "./paths.js";
import { refuseGrowth } from "./unpacked-size.js";
import { openArchive, type Archive } from "./unzip.js";
import type { LocalFile } from "./local-file.js";

/** A wheel of a Python package, and which of its files to read. */
export interface WheelSource {
  /** NAME==VERSION */
  pypi: string;
  path: string;
  /** Of the wheel. */
  sha256: string;
}

export interface WheelFiles {
  description: string;
  license?: string;
  files: LocalFile[];
}

type Context = Pick<StageContext, "signal" | "progress">;

/**
 * Files of a Python package's wheel: the one of that version with that digest in the worker's
 * index. A wheel is a zip archive; nothing in it is run or installed. One that was downloaded
 * before is used without asking the index.
 * @param key of `with` that holds the source, for messages
 * @throws PawlError DATA_MISSING (no such package, version or file), DATA_INVALID (another digest,
 *   a damaged or dangerous archive), SETUP_FAILED (no index), DOWNLOAD_FAILED (retried)
 */
export async function wheelFiles(
  source: WheelSource,
  downloads: string,
  key: string,
  context: Context,
): Promise<WheelFiles> {
  const { pypi, sha256 } = source;
  const name = `wheel ${pypi} ${sha256}`;
  const wheel =
    (await keptDownload(downloads, name, sha256)) ?? (await bring(source, { downloads, name, key }, context));
  const archive = await openArchive(wheel.path, pypi, context.signal);
  try {
    const names = chosenNames(archive, source, key);
    const files = await archive.unpack(names, path.join(downloads, "unpacked", sha256), usualGrowth);
    for (const file of files)
      await refuseGrowth(file, { where: `${pypi}: ${file.name}`, limits: usualGrowth }, context.signal);
    const license = await readLicense(archive);
    return { description: `wheel ${pypi}: ${source.path}`, files, ...(license === undefined ? {} : { license }) };
  } finally {
    archive.close();
  }
}

async function bring(
  { pypi, sha256 }: WheelSource,
  { downloads, name, key }: { downloads: string; name: string; key: string },
  context: Context,
) {
  const index = await packageIndex(context.signal);
  const [project = "", version = ""] = pypi.split("==");
  const found = chooseFile(await indexedFiles(index, project, context.signal), { project, version, sha256, key });
  // As pip does, the index's password goes to files of the same server only.
  const headers = new URL(found.url).origin === new URL(index.url).origin ? index.headers : {};
  const operatorsHost = new URL(index.url).hostname;
  return download({ url: found.url, name, directory: downloads, sha256, headers, operatorsHost }, context);
}

interface WantedFile {
  project: string;
  version: string;
  sha256: string;
  key: string;
}

/**
 * @throws PawlError DATA_MISSING for a version without wheels; DATA_INVALID for a digest that no
 *   wheel of it has
 */
function chooseFile(files: readonly IndexedFile[], { project, version, sha256, key }: WantedFile): IndexedFile {
  const wheels = files.filter(({ name }) => /\.whl$/i.test(name));
  const versions = new Set(wheels.map(parseVersion));
  const ofVersion = wheels.filter((file) => parseVersion(file) === comparable(version));
  if (ofVersion.length === 0)
    throw new PawlError("DATA_MISSING", `the index has no wheel of ${project} ${version}`, {
      where: `${key}.pypi`,
      expected: "a version of which the index lists a wheel",
      got: version,
      next: versions.size === 0 ? "check the name" : `the newest with a wheel: ${[...versions].slice(-10).join(", ")}`,
    });
  const found = ofVersion.find((file) => file.sha256 === sha256);
  if (found !== undefined) return found;
  throw new PawlError("DATA_INVALID", `no wheel of ${project} ${version} has this SHA-256`, {
    where: `${key}.sha256`,
    expected: "the SHA-256 of a wheel that the index lists",
    got: sha256,
    next: `its wheels: ${ofVersion.map((file) => `${file.name} ${file.sha256 ?? "(no SHA-256)"}`).join(", ")}`,
  });
}

/** The version in a wheel's name: its second part (PEP 427). */
const parseVersion = ({ name }: IndexedFile): string => comparable(name.split("-")[1] ?? "");

/** Names of files have `_` for what separates the parts of a version. */
const comparable = (version: string): string => version.toLowerCase().replace(/[_-]/g, "-");

/** @throws PawlError DATA_MISSING that lists the existing files */
function chosenNames({ names }: Archive, { pypi, path: pattern }: WheelSource, key: string): string[] {
  const expression = patternExpression(pattern);
  const chosen = names.filter((name) => expression.test(name)).sort((a, b) => (a < b ? -1 : 1));
  if (chosen.length > 0) return chosen;
  throw new PawlError("DATA_MISSING", `no such file in the wheel of ${pypi}`, {
    where: `${key}.path`,
    expected: "a file of the wheel, or a pattern that matches some",
    got: pattern,
    next: `its files: ${names.slice(0, 20).join(", ")}${names.length > 20 ? `, and ${names.length - 20} more` : ""}`,
  });
}

/** Bytes of a wheel's metadata that are read. */
const maxMetadataBytes = 2 ** 20;
/** Longer fields contain the text of the license. */
const maxLicenseLength = 100;

/**
 * Reads the license from the metadata: `License-Expression` (PEP 639), else `License`, else the
 * classifiers.
 */
async function readLicense(archive: Archive): Promise<string | undefined> {
  const file = archive.names.find((name) => /^[^/]+\.dist-info\/METADATA$/.test(name));
  if (file === undefined) return undefined;
  const [head = ""] = (await archive.read(file, maxMetadataBytes)).split(/\r?\n\r?\n/, 1);
  const fields = (name: string) =>
    [...head.matchAll(new RegExp(`^${name}: *(.+?)\\r?$`, "gm"))].map(([, value]) => value!);
  const [stated] = [...fields("License-Expression"), ...fields("License")];
  if (stated !== undefined && stated.length <= maxLicenseLength && stated !== "UNKNOWN") return stated;
  const classified = fields("Classifier").filter((value) => value.startsWith("License :: "));
  return classified.length === 0 ? undefined : classified.map((value) => value.split(" :: ").at(-1)!).join(", ");
}
