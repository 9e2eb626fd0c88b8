import { readMetrics, type MetricsRow } from "../../store/index.js";

/** The metrics history of a stage. */
export interface StageMetrics {
  stage: string;
  rows: MetricsRow[];
  /** Lines of its history that are damaged. */
  damaged: number;
}

/** The histories of stages that have one. @param keys by stage id */
export async function readHistories(
  home: string,
  keys: ReadonlyMap<string, string>,
  ids: readonly string[],
): Promise<StageMetrics[]> {
  const found: StageMetrics[] = [];
  for (const stage of ids) {
    const key = keys.get(stage);
    const history = key === undefined ? undefined : await readMetrics(home, key);
    if (history && history.rows.length + history.damaged > 0) found.push({ stage, ...history });
  }
  return found;
}

/**
 * A header, and one line per step; a metric that a step lacks is empty. Names need no quotes: stages and metrics have plain
 * names.
 */
export function csvText(found: readonly StageMetrics[]): string {
  const names = columnsOf(found.flatMap(({ rows }) => rows));
  const lines = found.flatMap(({ stage, rows }) =>
    rows.map(({ step, metrics }) => [stage, step, ...names.map((name) => metrics[name] ?? "")].join(",")),
  );
  return [["stage", "step", ...names].join(","), ...lines].join("\n");
}

/** The names of all metrics of some rows. */
export function columnsOf(rows: readonly MetricsRow[]): string[] {
  return [...new Set(rows.flatMap(({ metrics }) => Object.keys(metrics)))];
}
