import path from "node:path";
import { fixedVariables } from "../../platform/processes/fixed-environment.js";
import { packageRoot } from "../../platform/program/locations.js";
import type { Scalar } from "../../schemas/fields/environment.js";
import type { SecretPlace } from "../../schemas/secrets.js";
import { eventsDescriptor } from "./program.js";
import { withSecrets } from "./secrets.js";

/**
 * Variables of the worker's environment that programs receive. Others may contain tokens and
 * passwords.
 */
const inherited = ["PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES"];

/**
 * Returns these variables with the worker's values, and the variables that are equal on every
 * machine.
 */
export function inheritedEnvironment(): Record<string, string> {
  const passed = inherited.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]] as const],
  );
  return { ...Object.fromEntries(passed), ...fixedVariables };
}

/** Values of the `PAWL_…` variables. */
export interface ProgramPlace {
  inputs: string;
  outputs: string;
  checkpoints: string;
  checkpointEveryMs: number;
  seed: number;
  /** The newest checkpoint, if there is one. */
  resume?: { directory: string; step: number };
}

/**
 * The variables that a stage's setting `env` names, with the secrets in them.
 * @param places where secrets belong in the stage's settings
 * @param where the setting, as errors name it
 * @returns also the secrets' values
 * @throws PawlError SECRET_MISSING
 */
export async function ownVariables(
  env: Readonly<Record<string, Scalar>>,
  places: readonly SecretPlace[],
  where: string,
): Promise<{ variables: Record<string, string>; secrets: string[] }> {
  const variables: Record<string, string> = {};
  const secrets = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    const own = places.filter(({ path: [field, variable] }) => field === "env" && variable === name);
    variables[name] = await withSecrets(String(value), own, `${where}.${name}`, secrets);
  }
  return { variables, secrets: [...secrets.values()] };
}

/** A program's whole environment. @param variables of its stage's own */
export function programEnvironment(
  variables: Readonly<Record<string, string>>,
  workspace: ProgramPlace,
): Record<string, string> {
  return {
    ...inheritedEnvironment(),
    ...variables,
    PYTHONPATH: pythonPath(variables["PYTHONPATH"]),
    PAWL_INPUTS: workspace.inputs,
    PAWL_OUTPUTS: workspace.outputs,
    PAWL_CHECKPOINT_DIR: workspace.checkpoints,
    PAWL_CHECKPOINT_SECONDS: String(workspace.checkpointEveryMs / 1000),
    PAWL_SEED: String(workspace.seed),
    PAWL_EVENTS: String(eventsDescriptor),
    ...(workspace.resume && {
      PAWL_RESUME: workspace.resume.directory,
      PAWL_RESUME_STEP: String(workspace.resume.step),
    }),
  };
}

/**
 * `import pawl` works without an installation, after the program's own directories: an empty one
 * would be the working directory.
 */
function pythonPath(own: string | undefined): string {
  const module = path.join(packageRoot(), "python");
  return own ? `${own}${path.delimiter}${module}` : module;
}
