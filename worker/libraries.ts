import { packageVersion } from "../platform/locations.js";
import type { Library } from "../schemas/stage.js";

/** The npm package of each library, or the name of a component of Node.js. */
const sources: Record<Library, { package: string } | { node: string }> = {
  duckdb: { package: "@duckdb/node-api" },
  tokenizers: { package: "tokenizers" },
  quickjs: { package: "@jitl/quickjs-wasmfile-release-sync" },
  re2js: { package: "re2js" },
  plot: { package: "@observablehq/plot" },
  brotli: { node: "brotli" },
  unicode: { node: "unicode" },
};

const known = new Map<Library, string>();

/** The versions of libraries that this process uses, by name; undefined for no library. */
export function libraryVersions(libraries: readonly Library[]): Record<string, string> | undefined {
  if (libraries.length === 0) return undefined;
  return Object.fromEntries(libraries.map((library) => [library, versionOf(library)]));
}

/** The version when this process first needed it: a later replacement belongs to another version of Pawl. */
function versionOf(library: Library): string {
  const version = known.get(library) ?? readVersion(library);
  known.set(library, version);
  return version;
}

function readVersion(library: Library): string {
  const source = sources[library];
  if ("node" in source) return process.versions[source.node] ?? "unknown";
  return packageVersion(source.package) ?? "unknown";
}
