import { stageDetail } from "../../../cli/render/stage-line.js";
import { makeStage } from "../../support/run-views.js";

const ended = [{ attempt: 1, code: "WORKER_LOST" as const, message: "no heartbeat", atMs: 0 }];

test.each([
  ["running", "attempt 2 (#1 ended: WORKER_LOST: no heartbeat)"],
  ["succeeded", "after attempt 1 ended: WORKER_LOST: no heartbeat"],
  ["cached", "after attempt 1 ended: WORKER_LOST: no heartbeat"],
] as const)("why the attempt before ended stands beside a stage that is %s", (status, text) => {
  expect(stageDetail(makeStage("base", status, { attempts: 2, ended }), undefined, 0)).toContain(text);
  expect(stageDetail(makeStage("base", status, { attempts: 2 }), undefined, 0)).not.toContain("ended");
});
