import type { RunView } from "../../../api/reading/run-view.js";
import { show } from "../../../cli/verbs/status.js";
import { saveDelivery } from "../../../store/records/tracking.js";
import { useDirectory } from "../../support/directory.js";
import { recordedTerminal } from "../../support/terminal.js";
import { recordRows, row } from "../../support/tracked.js";

const home = useDirectory();
const key = "b".repeat(64);

test("why a run failed stands in the text and in the JSON, where no stage says so", async () => {
  const failure = { code: "YAML_SYNTAX", message: "the definition is no YAML" };
  const state = { pipeline: "p", status: "failed", stages: [], outputs: {} } as const;
  const failed = {
    runId: "r",
    state: { ...state, stages: [] },
    progress: {},
    queued: new Set<string>(),
    startedAtMs: 0,
  };
  const view: RunView = { ...failed, failure };
  const terminal = recordedTerminal();
  await show(home(), view, undefined, terminal);
  expect(terminal.written.out).toContain("the definition is no YAML");
  const json = { ...recordedTerminal(), json: true };
  await show(home(), view, undefined, json);
  expect(JSON.parse(json.written.out)).toEqual({ run: "r", ...state, progress: {}, failure });
});

test("what trackers lack, why, and what to do stand in the text and in the JSON", async () => {
  const state = { pipeline: "p", status: "running", stages: [], outputs: {} } as const;
  const view: RunView = {
    runId: "r",
    state: { ...state, stages: [] },
    progress: {},
    queued: new Set<string>(),
    startedAtMs: 0,
  };
  await recordRows(home(), row(1), row(2), row(3));
  const problem = { message: "ECONNREFUSED", refused: false, next: "nothing: it is tried again" };
  const delivery = { tracker: "MLflow", runId: "r", stage: "base", key, last: { loss: 1 } };
  await saveDelivery(home(), { ...delivery, problem });
  await saveDelivery(home(), { ...delivery, tracker: "TensorBoard" });
  const terminal = recordedTerminal();
  await show(home(), view, undefined, terminal);
  expect(terminal.written.note).toContain(
    "stages.base: MLflow lacks 2 steps: ECONNREFUSED; next: nothing: it is tried again",
  );
  expect(terminal.written.note).not.toContain("TensorBoard");
  const json = { ...recordedTerminal(), json: true };
  await show(home(), view, undefined, json);
  expect(JSON.parse(json.written.out)).toMatchObject({
    trackers: [{ tracker: "MLflow", stage: "base", steps: 2, message: "ECONNREFUSED" }],
  });
});
