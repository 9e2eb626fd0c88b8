import { useState } from "preact/hooks";
import type { RunsMessage } from "../messages.js";
import { useLive } from "./live.js";
import { runsAfter, type ShownRuns } from "./shown-runs.js";

/** The runs, kept up to date; undefined before the first message. */
export function useRuns(): ShownRuns | undefined {
  const [shown, setShown] = useState<ShownRuns>();
  useLive<RunsMessage>({ runs: "1" }, "runs", (message) => setShown((before) => runsAfter(before, message)));
  return shown;
}
