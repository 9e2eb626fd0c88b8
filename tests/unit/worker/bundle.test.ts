import { readFileSync } from "node:fs";
import path from "node:path";
import { bundledModules } from "../../../worker/bundle.js";

const root = path.join(import.meta.dirname, "../../..");

/**
 * Source files that a file's code needs when it runs, itself included: imports of types alone leave
 * no trace.
 */
function neededBy(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const imports = readFileSync(file, "utf8").matchAll(/^(?:import|export) (?!type )[^;]*?from "(\.[^"]+)\.js";/gms);
  for (const [, relative] of imports) neededBy(path.resolve(path.dirname(file), `${relative}.ts`), found);
  return found;
}

test("a change of any code that workflows run builds the bundle anew", () => {
  const files = [...neededBy(path.join(root, "workflows/index.ts"))].map((file) => path.relative(root, file));
  expect(files).toContain(path.join("workflows", "pipeline.ts"));
  expect(files).toContain(path.join("platform", "json.ts"));
  expect(bundledModules).toEqual(expect.arrayContaining([...new Set(files.map((file) => file.split(path.sep)[0]))]));
});
