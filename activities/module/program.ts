import path from "node:path";
import { refuseReplacedBuild } from "../../platform/program/build.js";
import { builtDirectory } from "../../platform/program/locations.js";
import { inheritedEnvironment } from "../command/environment.js";
import type { Program } from "../command/program.js";
import type { StageServer } from "./server.js";

/**
 * The process that a server answers. It always runs the build, which `import … from "pawl"` in a
 * stage's file is, too.
 * @param variables of its environment, besides those of all programs
 * @throws PawlError PREEMPTED if the build has been replaced since this process was started
 */
export function stageProgram(
  server: StageServer,
  workingDirectory: string,
  variables: Readonly<Record<string, string>> = {},
): Omit<Program, "onOutput"> {
  refuseReplacedBuild();
  return {
    argv: [process.execPath, path.join(builtDirectory(), "worker", "stage-process", "main.js")],
    workingDirectory,
    environment: { ...inheritedEnvironment(), ...variables },
    onEvents: (bytes, answer) => server.read(bytes, answer),
  };
}
