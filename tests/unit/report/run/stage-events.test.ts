import path from "node:path";
import { readStageEvents, withEnds } from "../../../../report/run/stage-events.js";
import { appendLines } from "../../../../store/history/append.js";
import { layout } from "../../../../store/home.js";
import { useDirectory } from "../../../support/directory.js";

const home = useDirectory();

test("checkpoints and resumptions are where the curves are, also of a stage that counts checkpoints otherwise", async () => {
  const entry = (attempt: number, message: string, data: object = {}): string =>
    JSON.stringify({ time: "2026-01-01T00:00:00Z", stage: "rewarded", attempt, message, data });
  const lines = [
    entry(1, "started"),
    entry(1, "checkpoint", { step: 16, recorded: 2 }),
    entry(1, "checkpoint", { step: 24, recorded: 3 }),
    entry(2, "started"),
    entry(2, "resumes from its checkpoint", { step: 24 }),
    entry(2, "checkpoint", { step: 5 }),
    entry(3, "started"),
    // Of an earlier run with the same key: the log of this one does not say where it was saved.
    entry(3, "resumes from its checkpoint", { step: 40 }),
  ];
  appendLines(path.join(layout.log(home(), "r"), "rewarded.jsonl"), `${lines.join("\n")}\n`);
  const events = (await readStageEvents(home(), "r")).get("rewarded")!;
  expect(events.checkpoints).toEqual([2, 3, 5]);
  expect(events.attempts.map(({ resumedAt }) => resumedAt)).toEqual([undefined, 3, 40]);
});

test("why each attempt ended stands with it, also where its line comes late, or no worker has logged one", async () => {
  const entry = (attempt: number, message: string): string =>
    JSON.stringify({ time: "2026-01-01T00:00:00Z", stage: "base", attempt, message });
  const lines = [
    entry(1, "started"),
    entry(2, "started"),
    entry(1, "failed: PREEMPTED: the server has given up this attempt"),
    entry(2, "canceled: the run was canceled, or no longer needs the stage"),
    entry(3, "started"),
    entry(4, "started"),
  ];
  appendLines(path.join(layout.log(home(), "r"), "base.jsonl"), `${lines.join("\n")}\n`);
  const events = (await readStageEvents(home(), "r")).get("base")!;
  const lost = { attempt: 3, code: "WORKER_LOST" as const, message: "no heartbeat", atMs: 0 };
  expect(withEnds(events, { ended: [lost] }).attempts.map(({ failure }) => failure)).toEqual([
    "PREEMPTED: the server has given up this attempt",
    "canceled: the run was canceled, or no longer needs the stage",
    "WORKER_LOST: no heartbeat",
    undefined,
  ]);
});
