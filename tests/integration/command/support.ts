import { readFileSync } from "node:fs";
import path from "node:path";
import { command } from "../../../activities/command.js";
import { checkWith } from "../../../compiler/inputs/check-with.js";
import type { JsonObject } from "../../../platform/json.js";
import type { ArtifactRef } from "../../../schemas/artifact.js";
import { openCheckpoints } from "../../../store/checkpoints.js";
import { testContext, type TestContext } from "../../support/stage-context.js";

/** A stage's surroundings with checkpoints in the real store. */
export function commandContext(directory?: string): TestContext {
  const context = testContext(7, directory);
  context.checkpoints = openCheckpoints(context.home, "key", { keep: 2, onCorrupt: () => undefined });
  return context;
}

/** Runs a `command` stage with settings as in YAML. */
export async function runCommand(context: TestContext, settings: object) {
  const { outputs, metrics } = await command(checkWith("command", settings as JsonObject), context);
  return { outputs: outputs as Readonly<Record<string, ArtifactRef>>, metrics };
}

/** The settings that run a program of JavaScript. */
export const javaScript = (source: string, more: object = {}): object => ({
  run: [process.execPath, "--input-type=module", "-e", source],
  ...more,
});

/** An expression that writes events. */
export const tell = (...events: object[]): string =>
  events
    .map((event) => `fs.writeSync(Number(process.env.PAWL_EVENTS), ${JSON.stringify(`${JSON.stringify(event)}\n`)});`)
    .join(" ");

export const imports = 'import fs from "node:fs"; import path from "node:path"; const env = process.env;';

/** The content of a file of an output of kind `files`. */
export async function readContent(context: TestContext, ref: ArtifactRef | undefined, name: string): Promise<string> {
  return readFileSync(path.join(await context.openArtifact(ref!), "files", name), "utf8");
}
