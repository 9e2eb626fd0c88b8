import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { homeDirectory } from "../../../store/home.js";
import { readTableFacts } from "../../../formats/table.js";
import type { GeneratorSettings } from "../../../schemas/fields/generator.js";
import { isUnpinned, type Source } from "../../../schemas/fields/source.js";
import type { StageContext } from "../../stage.js";
import { fileDigest, listDigest, sha256 } from "../../../platform/digests.js";
import { fileRoot } from "../../../platform/program/shipped.js";
import { download } from "./download.js";
import { generateProblems } from "../generators/index.js";
import { hubFiles } from "./hub.js";
import { pinAdvice } from "./pin.js";
import { packageDirectory } from "./package.js";
import { wheelFiles } from "./wheel.js";
import { filesBelow } from "./paths.js";
import type { LocalFile } from "./local-file.js";

/** Data on this machine, ready to be read. */
export interface LocalSource {
  /** For people, and for dataset.json. */
  description: string;
  /** SHA-256 over the files. */
  digest: string;
  license?: string;
  /** The commit of the hub that the files come from. */
  commit?: string;
  files: LocalFile[];
}

type Found = Omit<LocalSource, "digest"> & { digests?: string[] };

/** Places of data; the rules of the stage's `with` ensure that a source names exactly one. */
const ways = ["file", "package", "pypi", "url", "huggingFace", "text", "generator", "table"] as const;

/**
 * Brings a source onto this machine and computes its digest; logs what would pin it, unless it is
 * pinned.
 * @param key of `with` that holds the source, for messages
 * @throws PawlError DATA_MISSING, PATH_TRAVERSAL, DOWNLOAD_FAILED, DATA_INVALID; ARTIFACT_MISSING
 *   for a table
 */
export async function bringSource(source: Source, context: StageContext, key: string): Promise<LocalSource> {
  const found = await findFiles(source, context, key);
  const digests = found.digests ?? [];
  for (const file of found.files.slice(digests.length)) digests.push((await fileDigest(file.path, context)).sha256);
  const { digests: _, ...local } = found;
  const digest = listDigest(found.files.map(({ name }, i) => ({ name, sha256: digests[i]! })));
  if (isUnpinned(source)) context.log(pinAdvice(key, { ...local, sourceDigest: digest }));
  return { ...local, digest };
}

async function findFiles(source: Source, context: StageContext, key: string): Promise<Found> {
  const skipped = (name: string, reason: string) => context.log(`${key}: ${name} is not followed: ${reason}`);
  const downloads = path.join(homeDirectory(process.env, context.workingDirectory), "downloads");
  switch (ways.find((way) => source[way] !== undefined)!) {
    case "file": {
      const root = fileRoot(source.file!, context.workingDirectory);
      const names = await filesBelow(root, source.file!, `${key}.file`, skipped);
      return { description: `file ${source.file!}`, files: localFiles(root, names) };
    }
    case "package": {
      const { directory, version, license } = await packageDirectory(
        source.package!,
        context.workingDirectory,
        `${key}.package`,
      );
      const names = await filesBelow(directory, source.path!, `${key}.path`, skipped);
      const description = `package ${source.package!}@${version}: ${source.path!}`;
      return { description, files: localFiles(directory, names), ...(license === undefined ? {} : { license }) };
    }
    case "pypi":
      return wheelFiles({ pypi: source.pypi!, path: source.path!, sha256: source.sha256! }, downloads, key, context);
    case "url": {
      const url = new URL(source.url!);
      const file = await download({ url: url.href, directory: downloads, sha256: source.sha256 }, context);
      const name = path.posix.basename(url.pathname);
      const description = `address ${url.origin}${url.pathname}`;
      return { description, files: [{ name, path: file.path }], digests: [file.sha256] };
    }
    case "huggingFace": {
      const { files, headers, operatorsHost, ...facts } = await hubFiles(source, context.signal);
      const local: LocalFile[] = [];
      const digests: string[] = [];
      for (const { name, url, sha256 } of files) {
        const file = await download({ url, directory: downloads, sha256, headers, operatorsHost }, context);
        local.push({ name, path: file.path });
        digests.push(file.sha256);
      }
      return { ...facts, files: local, digests };
    }
    case "text":
      return { description: "inline text", ...inlineFile("inline.txt", source.text!, downloads) };
    case "generator":
      return generatedFiles(source.generator!, downloads, key, context);
    case "table": {
      const directory = await context.openArtifact(source.table!);
      const { file, description } = await readTableFacts(directory);
      return { description, files: [{ name: file, path: path.join(directory, file) }] };
    }
  }
}

async function generatedFiles(
  settings: GeneratorSettings,
  downloads: string,
  key: string,
  context: StageContext,
): Promise<Found> {
  const lines: string[] = [];
  for (const problem of generateProblems(settings, context.seed, `${key}.generator`)) {
    if (lines.length % 1000 === 0) await context.yield();
    lines.push(`${JSON.stringify(problem)}\n`);
  }
  const description = `${settings.problems} generated problems: ${settings.task}`;
  return { description, ...inlineFile("problems.jsonl", lines.join(""), downloads) };
}

/** Writes inline text to a file named by its content, so that it is read like any other file. */
function inlineFile(name: string, text: string, directory: string): Required<Pick<Found, "files" | "digests">> {
  const digest = sha256(text);
  const file = path.join(directory, "inline", digest);
  if (!hasContent(file, text)) {
    mkdirSync(path.dirname(file), { recursive: true });
    const temporary = `${file}.${randomBytes(4).toString("hex")}`;
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  }
  return { files: [{ name, path: file }], digests: [digest] };
}

function hasContent(file: string, text: string): boolean {
  try {
    return readFileSync(file, "utf8") === text;
  } catch {
    return false;
  }
}

function localFiles(directory: string, names: string[]): LocalFile[] {
  return names.map((name) => ({ name, path: path.join(directory, name) }));
}
