import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { provideGenerated } from "./generated.mjs";
import { run, step } from "./report.mjs";

/** Compiles to dist/ and bundles the workflow code, unless dist/ was made from exactly these sources. */
export function build(root) {
  provideGenerated();
  const stamp = join(root, "dist", ".sources");
  const sources = digestOf(root);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === sources) return;
  step("compiling", () => {
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    run(process.execPath, [tsc, "-p", "tsconfig.json"], { cwd: root, fix: "npx tsc -p tsconfig.json" });
    const bundle = join(root, "dist", "worker", "bundle.js");
    run(process.execPath, [bundle], { cwd: root, fix: "rm -r dist && node scripts/setup.mjs" });
    const page = join(root, "scripts", "setup", "page.mjs");
    run(process.execPath, [page], { cwd: root, fix: "rm -r dist && node scripts/setup.mjs" });
  });
  writeFileSync(stamp, sources);
}

/** SHA-256 over the sources of the modules that tsconfig.json includes and of the page, that file and the lock file. */
function digestOf(root) {
  const { include } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8"));
  const inRoom = (room) =>
    room.endsWith(".ts") ? [room] : readdirSync(join(root, room), { recursive: true }).map((name) => join(room, name));
  const sources = [...include, join("studio", "page")].filter((room) => existsSync(join(root, room))).flatMap(inRoom);
  const isSource = (name) => /\.(tsx?|css|html|svg)$/.test(name);
  const files = ["tsconfig.json", "package-lock.json", "scripts/setup/page.mjs", ...sources.filter(isSource).sort()];
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest("hex");
}
