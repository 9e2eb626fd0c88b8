import { readMetricColumns, readMetrics, type MetricColumn, type MetricsRow } from "../../store/history/metrics.js";

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

/** Lines of CSV in a piece. */
const linesAtOnce = 1000;

/**
 * Histories as CSV, in pieces that end in a line break: a header, and one line per step; a metric
 * that a step lacks is empty. Names need no quotes: stages and metrics have plain names. Only one
 * history is in memory, as columns.
 * @param keys by stage id
 * @param onDamaged called for a stage with damaged lines in its history, which are left out
 */
export async function* csvPieces(
  home: string,
  keys: ReadonlyMap<string, string>,
  ids: readonly string[],
  onDamaged?: (stage: string, damaged: number) => void,
): AsyncGenerator<string> {
  const stages = ids.flatMap((stage) => (keys.has(stage) ? [{ stage, key: keys.get(stage)! }] : []));
  const names = new Set<string>();
  for (const { key } of stages) for (const name of (await readMetricColumns(home, key)).columns.keys()) names.add(name);
  yield `${["stage", "step", ...names].join(",")}\n`;
  for (const { stage, key } of stages) {
    const { columns, damaged } = await readMetricColumns(home, key);
    if (damaged > 0) onDamaged?.(stage, damaged);
    yield* joinLines(
      stage,
      [...names].map((name) => columns.get(name) ?? { steps: [], values: [] }),
    );
  }
}

/** The lines of a stage: its columns, which are in the order of their steps, side by side. */
function* joinLines(stage: string, columns: readonly MetricColumn[]): Generator<string> {
  const places = columns.map(() => 0);
  const nextStep = (): number =>
    columns.reduce((least, { steps }, i) => Math.min(least, steps[places[i]!] ?? Infinity), Infinity);
  let [text, lines] = ["", 0];
  for (let step = nextStep(); step < Infinity; step = nextStep()) {
    const values = columns.map((column, i) => {
      const index = places[i]!;
      if (column.steps[index] !== step) return "";
      places[i]!++;
      return column.values[index]!;
    });
    text += `${[stage, step, ...values].join(",")}\n`;
    if (++lines % linesAtOnce > 0) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}

/** The names of all metrics of some rows. */
export function metricNames(rows: readonly MetricsRow[]): string[] {
  return [...new Set(rows.flatMap(({ metrics }) => Object.keys(metrics)))];
}
