import { createHash } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { provideGenerated } from "./generated.mjs";
import { run, step } from "./report.mjs";
import { sourceFiles } from "./sources.mjs";

/**
 * Compiles to dist/ and bundles the workflow code, unless dist/ was made from exactly these
 * sources. One build at a time.
 */
export function build(root) {
  provideGenerated();
  const stamp = join(root, "dist", ".sources");
  const isNew = () => existsSync(stamp) && readFileSync(stamp, "utf8") === sourcesDigest(root);
  if (isNew()) return;
  alone(join(root, "node_modules", ".cache", "pawl-build.lock"), () => {
    if (isNew()) return;
    const sources = sourcesDigest(root);
    // A build that fails leaves none.
    rmSync(stamp, { force: true });
    step("compiling", () => {
      const program = (...names) =>
        run(process.execPath, [join(root, ...names)], { cwd: root, fix: "rm -r dist && node scripts/setup.mjs" });
      program("scripts", "setup", "compile.mjs");
      program("dist", "worker", "bundle.js");
      program("scripts", "setup", "page.mjs");
    });
    writeFileSync(stamp, sources);
  });
}

/** Waits until no other living process holds the lock, and holds it for the work. */
function alone(lock, work) {
  mkdirSync(dirname(lock), { recursive: true });
  const own = `${lock}.${process.pid}`;
  writeFileSync(own, `${process.pid}`);
  try {
    while (!isLinked(own, lock))
      if (isHeld(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      else rmSync(lock, { force: true });
    try {
      work();
    } finally {
      rmSync(lock, { force: true });
    }
  } finally {
    rmSync(own);
  }
}

/**
 * The lock appears with its holder in it: a process that dies meanwhile leaves none that nobody
 * holds.
 */
function isLinked(own, lock) {
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function isHeld(lock) {
  try {
    process.kill(Number(readFileSync(lock, "utf8")), 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** SHA-256 over the program's sources, those of the page, what compiles them, and the lock file. */
function sourcesDigest(root) {
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
