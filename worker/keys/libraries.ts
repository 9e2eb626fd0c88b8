import { readFileSync } from "node:fs";
import path from "node:path";
import { listDigest, sha256 } from "../../platform/digests.js";
import { builtDirectory, isBuilt, packageRoot, packageVersion } from "../../platform/program/locations.js";
import type { Library } from "../../schemas/stage.js";

/**
 * What a stage of the project's own reads and writes its data by: these decide about its bytes, as
 * its own code does.
 */
export const helperFiles = [
  "activities/checkpointed-loop",
  "formats/dataset",
  "formats/lines",
  "formats/read-into",
  "formats/safetensors",
  "worker/stage-process/context",
  "worker/stage-process/tensors",
];

/**
 * The npm package of each library, the name of a component of Node.js, or files of Pawl, which have
 * no version.
 */
const sources: Record<Library, { package: string } | { node: string } | { files: readonly string[] }> = {
  duckdb: { package: "@duckdb/node-api" },
  tokenizers: { package: "tokenizers" },
  quickjs: { package: "@jitl/quickjs-wasmfile-release-sync" },
  re2js: { package: "re2js" },
  hono: { package: "hono" },
  brotli: { node: "brotli" },
  unicode: { node: "unicode" },
  node: { node: "node" },
  pawl: { files: helperFiles },
};

const known = new Map<Library, string>();

/** The versions of libraries that this process uses, by name; undefined for no library. */
export function libraryVersions(libraries: readonly Library[]): Record<string, string> | undefined {
  if (libraries.length === 0) return undefined;
  return Object.fromEntries(libraries.map((library) => [library, libraryVersion(library)]));
}

/**
 * The version when this process first needed it: a later replacement belongs to another version of
 * Pawl.
 */
function libraryVersion(library: Library): string {
  const version = known.get(library) ?? readVersion(library);
  known.set(library, version);
  return version;
}

function readVersion(library: Library): string {
  const source = sources[library];
  if ("files" in source) return digestOfFiles(source.files);
  if ("node" in source) return process.versions[source.node] ?? "unknown";
  return packageVersion(source.package) ?? "unknown";
}

/** As this process loads them: compiled, or in a test as they are written. */
function digestOfFiles(names: readonly string[]): string {
  const files = names.map((name) => {
    const file = isBuilt ? path.join(builtDirectory(), `${name}.js`) : path.join(packageRoot(), `${name}.ts`);
    return { name, sha256: sha256(readFileSync(file)) };
  });
  return listDigest(files).slice(0, 12);
}
