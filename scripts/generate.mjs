// Writes what follows from the schemas: the editors' JSON Schema, the validators, the tables of the reference.
// Build first (`npm run generate` does).
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generatedFiles } from "../dist/compiler/generate/index.js";

const root = join(import.meta.dirname, "..");
for (const [path, content] of Object.entries(generatedFiles((name) => readFileSync(join(root, name), "utf8")))) {
  writeFileSync(join(root, path), content);
  console.log(`${path}  ${content.length.toLocaleString("en")} characters`);
}
