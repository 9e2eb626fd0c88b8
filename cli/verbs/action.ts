import type { Command } from "commander";
import { PawlError } from "../../platform/errors.js";
import { updateNames, type ParkedStageAction, type StageState } from "../../schemas/run.js";
import { homeDirectory } from "../../store/index.js";
import { parseChanges } from "../../api/assignments.js";
import { withServer } from "../connect.js";
import { describeRun } from "../../api/find-run.js";
import { statusOf } from "../../api/read-run.js";
import { signChange } from "../../worker/grant.js";
import { collect } from "../options.js";
import { sendUpdate } from "../send-update.js";
import type { Terminal } from "../terminal.js";
import type { Verb } from "./index.js";

/** `pawl retry RUN STAGE [--set with.lr=0.1]`: retries a parked stage, with changed settings if given. */
export const retry: Verb = (command, terminal) => {
  arguments_(command)
    .option("--set <with.key=value>", "a changed setting; may be repeated", collect, [])
    .action(async (runId: string, stage: string, { set }: { set: string[] }) => {
      const changes = parseChanges(set);
      // Signed, a change may name code of the project.
      const change = changes && signChange(homeDirectory(), runId, { stage, with: changes });
      await answer("retry", runId, change ?? { stage }, terminal);
    });
};

/** `pawl skip RUN STAGE`: a parked stage is skipped, and the stages that need it as well. */
export const skip: Verb = (command, terminal) => {
  arguments_(command).action((runId: string, stage: string) => answer("skip", runId, { stage }, terminal));
};

/** `pawl abort RUN STAGE`: a parked stage fails, and its run with it. */
export const abort: Verb = (command, terminal) => {
  arguments_(command).action((runId: string, stage: string) => answer("abort", runId, { stage }, terminal));
};

const arguments_ = (command: Command): Command => command.argument("<run>").argument("<stage>");

async function answer(
  name: keyof typeof updateNames,
  runId: string,
  asked: ParkedStageAction,
  terminal: Terminal,
): Promise<void> {
  const home = homeDirectory();
  await withServer(home, terminal, async ({ client }) => {
    const status = statusOf(await describeRun(client, home, runId));
    if (status !== "running")
      throw new PawlError("STAGE_NOT_PARKED", `run ${runId} has ended (${status}): no stage waits for an action`, {
        next: status === "succeeded" ? `pawl status ${runId}` : `pawl resume ${runId}`,
      });
    const handle = client.workflow.getHandle(runId);
    const state = await sendUpdate<StageState, ParkedStageAction>(handle, updateNames[name], asked);
    if (terminal.json) terminal.out(JSON.stringify({ run: runId, stage: state }));
    else terminal.out(`${asked.stage}: ${state.status}\n  next: pawl watch ${runId}`);
  });
}
