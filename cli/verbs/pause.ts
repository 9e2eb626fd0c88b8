import { PawlError } from "../../platform/errors.js";
import { pauseNames, type PauseState } from "../../schemas/run.js";
import { homeDirectory } from "../../store/index.js";
import { withServer } from "../connect.js";
import { describeRun } from "../../api/find-run.js";
import { statusOf } from "../../api/read-run.js";
import { sendUpdate } from "../send-update.js";
import type { Verb } from "./index.js";

/** What the verbs print. */
const texts = {
  pause: (runId: string) =>
    `paused ${runId}: stages under way continue to their end, no other is started, in child pipelines neither\n  next: pawl unpause ${runId}`,
  unpause: (runId: string, { pausedBy }: PauseState) =>
    pausedBy === undefined
      ? `unpaused ${runId}\n  next: pawl watch ${runId}`
      : `${runId} is still paused, with ${pausedBy}\n  next: pawl unpause ${pausedBy}`,
} satisfies Record<keyof typeof pauseNames, (runId: string, state: PauseState) => string>;

/** `pawl pause RUN`, `pawl unpause RUN`: whether the run starts further stages. */
const pausing =
  (name: keyof typeof pauseNames): Verb =>
  (command, terminal) => {
    command.argument("<run>").action(async (runId: string) => {
      const home = homeDirectory();
      await withServer(home, terminal, async ({ client }) => {
        const status = statusOf(await describeRun(client, home, runId));
        if (status !== "running")
          throw new PawlError("NOT_ALLOWED", `run ${runId} has already ended: ${status}`, {
            next: status === "succeeded" ? `pawl status ${runId}` : `pawl resume ${runId}`,
          });
        const state = await sendUpdate<PauseState>(client.workflow.getHandle(runId), pauseNames[name]);
        if (terminal.json) terminal.out(JSON.stringify({ run: runId, ...state }));
        else terminal.out(texts[name](runId, state));
      });
    });
  };

export const pause = pausing("pause");
export const unpause = pausing("unpause");
