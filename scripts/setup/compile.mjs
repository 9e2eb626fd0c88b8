// Compiles the program to dist/: `node scripts/setup/compile.mjs`. Every module becomes a file of its own, as tests and benches
// import them; then the programs, which processes and threads run, are bundled with what they import, so that a command reads
// a few files instead of hundreds. What is loaded late (`await import`) stays a chunk of its own.
import { readFileSync, readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { build } from "esbuild";
import { root, sourceFiles } from "./sources.mjs";

const dist = join(root, "dist");

/** What is run by name (the first argument of Node.js, a thread, a module of people's own), by its module. */
const programs = [
  "index",
  "cli/main",
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
];

/** Packages whose code goes into the bundles: what most commands load. All others stay packages. */
const bundledPackages = ["@sinclair/typebox", "ajv", "commander", "picocolors", "yaml", "hono", "@hono/node-server"];

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
};

/** Leaves packages outside, but for those that are bundled and what these import; a late import has a package's names only outside. */
const packagesOutside = {
  name: "packages",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
      const name = path.split("/", path.startsWith("@") ? 2 : 1).join("/");
      const isBundled = bundledPackages.includes(name) && kind !== "dynamic-import";
      if (isBundled || relative(root, importer).startsWith("node_modules")) return undefined;
      return { path, external: true };
    });
  },
};

const sources = sourceFiles().map((file) => relative(root, file));
await build({ ...common, entryPoints: sources });
rmSync(join(dist, "chunks"), { recursive: true, force: true });
await build({
  ...common,
  entryPoints: programs.map((name) => `${name}.ts`),
  bundle: true,
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
  plugins: [packagesOutside],
  // CommonJS of bundled packages asks for Node's own modules.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});
removeOld();

/** Modules that have been renamed or removed leave no file behind. */
function removeOld() {
  const made = new Set(sources.map((file) => file.replace(/\.ts$/, ".js")));
  const files = readdirSync(dist, { recursive: true }).filter((name) => name.endsWith(".js"));
  const own = (name) => !/^(chunks|studio\/page)\/|^workflow-bundle\.js$/.test(name);
  for (const name of files)
    if (own(name) && !made.has(name)) for (const end of ["", ".map"]) rmSync(join(dist, name + end), { force: true });
}
