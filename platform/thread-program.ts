import { existsSync } from "node:fs";
import { join } from "node:path";
import { refuseReplacedBuild } from "./build.js";
import { packageRoot } from "./locations.js";

/**
 * What a `Worker` runs for a thread's program: the built file, or the source through a loader if Pawl runs from source.
 * @param name file name without its extension, in `directory`
 * @throws PawlError PREEMPTED if the program has been replaced since this process was started
 */
export function threadProgram(directory: string, name: string): { file: string; argv: string[] } {
  const built = join(directory, `${name}.js`);
  if (!existsSync(built))
    return { file: join(packageRoot(), "scripts", "typescript.cjs"), argv: [join(directory, `${name}.ts`)] };
  refuseReplacedBuild();
  return { file: built, argv: [] };
}
