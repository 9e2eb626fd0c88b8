import path from "node:path";
import { packageRoot } from "../../platform/locations.js";
import type { StageWith } from "../../schemas/stages/index.js";
import { eventsDescriptor } from "./program.js";
import { withSecrets } from "./secrets.js";

/**
 * The variables of the worker's environment that a program gets; the others hold what is none of its business, tokens and
 * passwords among them.
 */
const inherited = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "TZ",
  "TMPDIR",
  "LD_LIBRARY_PATH",
  "CUDA_VISIBLE_DEVICES",
];

/** These variables, as the worker has them. */
export function inheritedEnvironment(): Record<string, string> {
  const passed = inherited.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]] as const],
  );
  return Object.fromEntries(passed);
}

/** What the `PAWL_…` variables hold. */
export interface ProgramPlace {
  inputs: string;
  outputs: string;
  checkpoints: string;
  checkpointEveryMs: number;
  seed: number;
  /** The newest checkpoint, if there is one. */
  resume?: { directory: string; step: number };
}

/** A program's whole environment. @param secrets values, by name */
export function programEnvironment(
  given: StageWith<"command">["env"],
  place: ProgramPlace,
  secrets: Readonly<Record<string, string>>,
): Record<string, string> {
  const own = Object.entries(given).map(([name, value]) => [name, withSecrets(String(value), secrets)] as const);
  const variables = Object.fromEntries<string>(own);
  return {
    ...inheritedEnvironment(),
    ...variables,
    PYTHONPATH: pythonPath(variables["PYTHONPATH"]),
    PAWL_INPUTS: place.inputs,
    PAWL_OUTPUTS: place.outputs,
    PAWL_CHECKPOINT_DIR: place.checkpoints,
    PAWL_CHECKPOINT_SECONDS: String(place.checkpointEveryMs / 1000),
    PAWL_SEED: String(place.seed),
    PAWL_EVENTS: String(eventsDescriptor),
    ...(place.resume && { PAWL_RESUME: place.resume.directory, PAWL_RESUME_STEP: String(place.resume.step) }),
  };
}

/** `import pawl` works without an installation, after the program's own directories: an empty one would be the working directory. */
function pythonPath(own: string | undefined): string {
  const module = path.join(packageRoot(), "python");
  return own ? `${own}${path.delimiter}${module}` : module;
}
