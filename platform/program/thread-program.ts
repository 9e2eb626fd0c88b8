import path from "node:path";
import { refuseReplacedBuild } from "./build.js";
import { builtDirectory, isBuilt, packageRoot } from "./locations.js";

/**
 * What a `Worker` runs for a thread's program: the built file, or the source through a loader if
 * Pawl runs from source.
 * @param name the program's module, as a path in the package without its extension:
 *   "graph/parallel/thread"
 * @throws PawlError PREEMPTED if the program has been replaced since this process was started
 */
export function threadProgram(name: string): { file: string; argv: string[] } {
  const root = packageRoot();
  if (!isBuilt) return { file: path.join(root, "scripts", "typescript.cjs"), argv: [path.join(root, `${name}.ts`)] };
  refuseReplacedBuild();
  return { file: path.join(builtDirectory(), `${name}.js`), argv: [] };
}
