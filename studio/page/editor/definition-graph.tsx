import type { StageForecast } from "../../../api/forecasting/forecast.js";
import type { StageStatus } from "../../../schemas/run.js";
import type { WrittenStage } from "../../definition-messages.js";
import type { StageCard } from "../../messages.js";
import { groupBoxes } from "../boxes.js";
import { StageGraph } from "../components/stage-graph.js";

interface DefinitionGraphProps {
  stages: readonly WrittenStage[];
  forecasts: readonly StageForecast[] | undefined;
  /** Called with a line of the definition. */
  onOpen: (line: number) => void;
}

/** The stages of a definition, with what would happen to each. */
export const DefinitionGraph = ({ stages, forecasts, onOpen }: DefinitionGraphProps) => (
  <section class="panel" aria-label="Graph">
    <h2>Graph</h2>
    {stages.length > 0 && (
      <StageGraph
        boxes={groupBoxes(
          stages.map((stage) => toCard(stage, forecasts)),
          false,
        )}
        selected={undefined}
        nowMs={0}
        onSelect={(declared) => onOpen(stages.find(({ id }) => id === declared)?.line ?? 1)}
      />
    )}
  </section>
);

const verdictStatus: Record<StageForecast["verdict"], StageStatus> = {
  ...{ kept: "cached", reused: "cached", cached: "cached" },
  ...{ "will run": "queued", skipped: "skipped", fails: "failed" },
};

/** A stage as the graph draws it, with what would happen to it. */
function toCard({ id, uses, needs }: WrittenStage, forecasts: readonly StageForecast[] | undefined): StageCard {
  const verdict = forecasts?.find(({ stage }) => stage === id)?.verdict;
  const status = verdict === undefined ? "queued" : verdictStatus[verdict];
  return { id, declared: id, type: uses, needs, status, attempts: 0, metrics: {}, outputs: {} };
}
