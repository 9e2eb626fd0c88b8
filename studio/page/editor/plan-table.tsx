import { Status } from "../../../report/components/sign.js";
import { Table, type Cell } from "../../../report/components/table.js";
import type { StageForecast } from "../../../api/forecasting/forecast.js";
import { expectedText } from "../../../report/expected-work.js";
import type { Mark } from "../../../report/marks.js";
import type { PlanMessage } from "../../definition-messages.js";

import { counted } from "../text.js";

const marks: Record<StageForecast["verdict"], Mark> = {
  kept: { shape: "back", word: "taken over", color: "calm" },
  reused: { shape: "back", word: "reused", color: "calm" },
  cached: { shape: "back", word: "from cache", color: "calm" },
  "will run": { shape: "disc", word: "will run", color: "accent" },
  skipped: { shape: "dash", word: "skipped", color: "muted" },
  fails: { shape: "cross", word: "fails", color: "bad" },
};

/** What would happen to each stage, and why: the page's `pawl plan`. */
export function PlanTable({ stages, work }: PlanMessage) {
  const running = stages.filter(({ verdict }) => verdict === "will run").length;
  return (
    <>
      <p role="status">
        {running} of {counted(stages.length, "stage")} will run.{work && ` In earlier runs: ${expectedText(work)}.`}
      </p>
      <Table label="Plan" class="plan" columns={["Stage", "Type", "What happens", "Why"]} rows={stageRows(stages, 0)} />
    </>
  );
}

/** @param level how deep a stage is in pipelines that stages run */
const stageRows = (stages: readonly StageForecast[], level: number): Cell[][] =>
  stages.flatMap(({ stage, uses, verdict, reasons, stages: inner = [] }) => [
    [
      "\u00a0\u00a0".repeat(level) + stage,
      <span class="muted">{uses}</span>,
      <Status mark={marks[verdict]} />,
      <div class="text">{reasons.filter(Boolean).join("\n")}</div>,
    ],
    ...stageRows(inner, level + 1),
  ]);
