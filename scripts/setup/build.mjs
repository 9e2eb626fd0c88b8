import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { provideGenerated } from "./generated.mjs";
import { run, step } from "./report.mjs";
import { sourceFiles } from "./sources.mjs";

/** Compiles to dist/ and bundles the workflow code, unless dist/ was made from exactly these sources. */
export function build(root) {
  provideGenerated();
  const stamp = join(root, "dist", ".sources");
  const sources = digestOf(root);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === sources) return;
  step("compiling", () => {
    const compile = join(root, "scripts", "setup", "compile.mjs");
    run(process.execPath, [compile], { cwd: root, fix: "rm -r dist && node scripts/setup.mjs" });
    const bundle = join(root, "dist", "worker", "bundle.js");
    run(process.execPath, [bundle], { cwd: root, fix: "rm -r dist && node scripts/setup.mjs" });
    const page = join(root, "scripts", "setup", "page.mjs");
    run(process.execPath, [page], { cwd: root, fix: "rm -r dist && node scripts/setup.mjs" });
  });
  writeFileSync(stamp, sources);
}

/** SHA-256 over the program's sources, those of the page, what compiles them, and the lock file. */
function digestOf(root) {
  const page = readdirSync(join(root, "studio", "page"), { recursive: true })
    .filter((name) => /\.(tsx?|css|html|svg)$/.test(name))
    .sort()
    .map((name) => join(root, "studio", "page", name));
  const own = ["tsconfig.json", "package-lock.json", "scripts/setup/compile.mjs", "scripts/setup/page.mjs"];
  const hash = createHash("sha256");
  for (const file of [...own.map((name) => join(root, name)), ...sourceFiles(), ...page])
    hash.update(`${relative(root, file)}\n`).update(readFileSync(file));
  return hash.digest("hex");
}
