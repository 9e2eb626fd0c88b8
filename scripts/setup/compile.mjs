// Compiles the program to dist/: `node scripts/setup/compile.mjs`. Every module becomes a file of
// its own, as tests and benches import them; then the programs, which processes and threads run,
// are bundled with what they import, so that a command reads a few files instead of hundreds. What
// is loaded late (`await import`) stays a chunk of its own. If anything fails to compile, nothing
// is written.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";
import { root, sourceFiles } from "./sources.mjs";

const dist = join(root, "dist");

/**
 * The command line, and what else is run by name (the first argument of Node.js, a thread, a module
 * of people's own).
 */
const commandLine = ["cli/main"];
const programs = [
  "index",
  "cli/machine/probe-tensorflow",
  "worker/stage-worker",
  "worker/workflow-worker",
  "worker/workflow-thread",
  "worker/tracking-worker",
  "worker/stage-process/main",
  "worker/stage-process/hooks",
  "activities/scoring/host",
  "activities/scoring/thread",
  "graph/parallel/thread",
  "verify/kill-points-stage-worker",
  "verify/kill-points-workflow-worker",
];

/** Packages whose code goes into the bundles: what most commands load. All others stay packages. */
const bundledPackages = ["@sinclair/typebox", "ajv", "commander", "picocolors", "yaml", "hono", "@hono/node-server"];
/**
 * Only of the command line, which starts sooner: workers load them with the packages of their own
 * SDK.
 */
const temporalPackages = ["@temporalio/client", "@temporalio/common"];

/** Chunks of earlier builds stay this long: a process that has run for days may load one late. */
const keptMs = 7 * 24 * 3600 * 1000;

const common = {
  absWorkingDir: root,
  outbase: root,
  outdir: dist,
  platform: "node",
  format: "esm",
  target: "node20.19",
  sourcemap: true,
  sourcesContent: false,
  logLevel: "error",
  write: false,
};

/**
 * Leaves packages outside, but for those that are bundled and what these import; a late import has
 * a package's names only outside.
 */
const packagesOutside = (bundled) => ({
  name: "packages",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
      const name = path.split("/", path.startsWith("@") ? 2 : 1).join("/");
      const isBundled = bundled.includes(name) && kind !== "dynamic-import";
      if (isBundled || relative(root, importer).startsWith("node_modules")) return undefined;
      return { path, external: true };
    });
  },
});

/**
 * Temporal's protocol without what no command uses: that of its cloud, and how a gateway maps it to
 * HTTP.
 */
const smallProtocol = {
  name: "protocol",
  setup({ onLoad }) {
    onLoad({ filter: /@temporalio\/proto\/protos\/json-module\.js$/ }, ({ path }) => {
      const [begin, rest] = readFileSync(path, "utf8").split(".addJSON(");
      const end = rest.lastIndexOf(");");
      const { temporal, grpc, ...others } = new Function(`return ${rest.slice(0, end)}`)();
      const { cloud: _cloud, ...api } = temporal.nested.api.nested;
      const { gateway: _gateway, ...ofGrpc } = grpc.nested;
      for (const method of Object.values(api.workflowservice.nested.v1.nested.WorkflowService.methods)) {
        delete method.options;
        delete method.parsedOptions;
      }
      const kept = { ...others, temporal: { nested: { api: { nested: api } } }, grpc: { nested: ofGrpc } };
      return { contents: `${begin}.addJSON(${JSON.stringify(kept)}${rest.slice(end)}` };
    });
  },
};

const bundle = (names, packages) =>
  build({
    ...common,
    entryPoints: names.map((name) => `${name}.ts`),
    bundle: true,
    splitting: true,
    metafile: true,
    chunkNames: "chunks/[name]-[hash]",
    plugins: [packagesOutside(packages), smallProtocol],
    // CommonJS of bundled packages asks for Node's own modules.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
  });

/** The licenses of the packages whose code is in a bundle: their terms ask for it. */
function licenses(bundles) {
  const inputs = bundles.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const names = inputs.map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]);
  return [...new Set(names)]
    .filter((name) => name !== undefined)
    .sort()
    .map((name) => {
      const directory = join(root, "node_modules", name);
      const { version } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
      const file = readdirSync(directory).find((one) => /^lic/i.test(one));
      return `${name} ${version}\n\n${readFileSync(join(directory, file), "utf8").trim()}\n`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}

const modules = await build({ ...common, entryPoints: sourceFiles().map((file) => relative(root, file)) });
const bundles = [
  await bundle(programs, bundledPackages),
  await bundle(commandLine, [...bundledPackages, ...temporalPackages]),
];
const outputs = [modules, ...bundles].flatMap(({ outputFiles }) => outputFiles);
const files = new Map(outputs.map(({ path, contents }) => [path, contents]));
files.set(join(dist, "LICENSES.txt"), Buffer.from(licenses(bundles)));
const digestFile = join(dist, "build.txt");
const digest = Buffer.from(digestOf(files));
// While files are replaced, there is no digest: that of the build before would be wrong.
if (!isWritten(digestFile, digest)) rmSync(digestFile, { force: true });
// A program comes after the chunks that it names.
const isChunk = (path) => relative(dist, path).startsWith("chunks/");
const inOrder = [...files].sort(([a], [b]) => Number(isChunk(b)) - Number(isChunk(a)));
for (const [path, contents] of [...inOrder, [digestFile, digest]]) writeChanged(path, contents);
removeOld();

/**
 * By which processes know whether they run from this build (platform/program/build.ts). Benches are
 * no part of it.
 */
function digestOf(files) {
  const hash = createHash("sha256");
  for (const [path, contents] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    if (path.endsWith(".js") && !relative(dist, path).startsWith("bench"))
      hash.update(`${relative(dist, path)}\n`).update(contents);
  return `${hash.digest("hex")}\n`;
}

function isWritten(path, contents) {
  return existsSync(path) && readFileSync(path).equals(contents);
}

/** A file that stays the same keeps its time: processes that run from it see no new build. */
function writeChanged(path, contents) {
  if (isWritten(path, contents)) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.${process.pid}`, contents);
  renameSync(`${path}.${process.pid}`, path);
}

/** Modules that have been renamed or removed leave no file behind. */
function removeOld() {
  const isProgram = /\.(js|js\.map|d\.ts)$/;
  for (const name of readdirSync(dist, { recursive: true })) {
    const path = join(dist, name);
    if (!isProgram.test(name) || /^(studio\/page\/|workflow-bundle\.js)/.test(name) || files.has(path)) continue;
    const isOfModule = name.endsWith(".d.ts") && files.has(path.replace(/\.d\.ts$/, ".js"));
    const isKept = isChunk(path) && Date.now() - statSync(path).mtimeMs < keptMs;
    if (!isOfModule && !isKept) rmSync(path, { force: true });
  }
}
