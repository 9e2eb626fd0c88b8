// `npm run bench -- NAME`: runs dist/bench/NAME.js after set-up. Without a name: the list.
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { root, step } from "./steps.mjs";

const [name, ...rest] = process.argv.slice(2);
const listed = readdirSync(path.join(root, "bench"))
  .filter((file) => file.endsWith(".ts") && file !== "harness.ts")
  .map((file) => file.slice(0, -3));
if (!name || !existsSync(path.join(root, "bench", `${name}.ts`))) {
  process.stderr.write(`usage: npm run bench -- NAME, with NAME one of: ${listed.join(", ")}\n`);
  process.exit(2);
}
step("set-up", process.execPath, ["scripts/setup.mjs"]);
step(`bench ${name}`, process.execPath, [`dist/bench/${name}.js`, ...rest]);
