import { pauseRun } from "../../api/acting/pause-run.js";
import type { pauseNames, PauseState } from "../../schemas/run.js";
import { homeDirectory } from "../../store/home.js";
import { withServer } from "../connect.js";
import type { Verb } from "../verb.js";

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
        const state = await pauseRun(client, home, runId, name);
        if (terminal.json) terminal.out(JSON.stringify({ run: runId, ...state }));
        else terminal.out(texts[name](runId, state));
      });
    });
  };

export const pause = pausing("pause");
export const unpause = pausing("unpause");
