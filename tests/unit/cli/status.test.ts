import type { RunView } from "../../../api/run-view.js";
import { show } from "../../../cli/verbs/status.js";
import { useDirectory } from "../../support/directory.js";
import { recordedTerminal } from "../../support/terminal.js";

const home = useDirectory();

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
