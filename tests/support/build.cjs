const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");

/**
 * Before tests that start Pawl's processes: builds dist/ where it is missing or older than the
 * sources, and bundles the tests' own programs, which start sooner so.
 */
module.exports = async () => {
  const { build } = await import("../../scripts/setup/build.mjs");
  const { root } = await import("../../scripts/setup/sources.mjs");
  build(root);
  await bundlePrograms(root);
};

/** Into dist/tests/: a program is one of Pawl's only there. */
async function bundlePrograms(root) {
  const { build } = await import("esbuild");
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const names = ["kill-points-process", "stage-worker", "supervisor"];
  const { outputFiles } = await build({
    entryPoints: names.map((name) => join(root, "tests", "durable", "support", `${name}.mjs`)),
    outdir: join(root, "dist", "tests"),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    // The schemas' library is two hundred files.
    external: Object.keys(dependencies).filter((name) => name !== "@sinclair/typebox"),
    write: false,
  });
  for (const { path, contents } of outputFiles) {
    if (existsSync(path) && readFileSync(path).equals(contents)) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.${process.pid}`, contents);
    renameSync(`${path}.${process.pid}`, path);
  }
}
