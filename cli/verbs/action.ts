import type { Command } from "commander";
import { actOnParked, type ParkedAnswer } from "../../api/acting/act-on-parked.js";
import type { JsonObject } from "../../platform/json.js";
import { homeDirectory } from "../../store/home.js";
import { parseChanges } from "../../api/definitions/assignments.js";
import { withServer } from "../connect.js";
import { collect } from "../options.js";
import type { Terminal } from "../terminal.js";
import type { Verb } from "../verb.js";

/**
 * `pawl retry RUN STAGE [--set with.lr=0.1]`: retries a parked stage, with changed settings if
 * given.
 */
export const retry: Verb = (command, terminal) => {
  arguments_(command)
    .option("--set <with.key=value>", "a changed setting; may be repeated", collect, [])
    .action(async (runId: string, stage: string, { set }: { set: string[] }) => {
      await answer("retry", runId, stage, terminal, parseChanges(set));
    });
};

/** `pawl skip RUN STAGE`: a parked stage is skipped, and the stages that need it as well. */
export const skip: Verb = (command, terminal) => {
  arguments_(command).action((runId: string, stage: string) => answer("skip", runId, stage, terminal));
};

/** `pawl abort RUN STAGE`: a parked stage fails, and its run with it. */
export const abort: Verb = (command, terminal) => {
  arguments_(command).action((runId: string, stage: string) => answer("abort", runId, stage, terminal));
};

const arguments_ = (command: Command): Command => command.argument("<run>").argument("<stage>");

async function answer(
  action: ParkedAnswer["action"],
  runId: string,
  stage: string,
  terminal: Terminal,
  changes?: JsonObject,
): Promise<void> {
  const home = homeDirectory();
  await withServer(home, terminal, async ({ client }) => {
    const state = await actOnParked(client, home, runId, {
      action,
      stage,
      isSigned: true,
      ...(changes && { changes }),
    });
    if (terminal.json) terminal.out(JSON.stringify({ run: runId, stage: state }));
    else terminal.out(`${stage}: ${state.status}\n  next: pawl watch ${runId}`);
  });
}
