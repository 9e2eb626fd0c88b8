import { join } from "node:path";
import { writeJson } from "../formats/json-file.js";
import type { TableColumn } from "../formats/table.js";
import type { StageWith } from "../schemas/stages/index.js";
import { RandomStream } from "../platform/random.js";
import type { Stage, StageContext } from "./stage.js";
import { boost } from "../tabular/boosting.js";
import { binaryTarget, chosenColumns, rowGroups, inputColumns, type InputColumn } from "./table-model/columns.js";
import { accuracy, areaUnderCurve, countGroups, liftInterval } from "../tabular/measures.js";
import { putTable } from "./tables/put.js";
import { readTable } from "./tables/read.js";

type Settings = StageWith<"table-model">;

/**
 * Measures what some columns add: two models of the same kind, settings and folds predict the
 * target, one with the baseline's columns, one with the features' too. Every row is predicted by
 * models that have not seen it.
 */
export const tableModel: Stage<"table-model"> = async (settings, context) => {
  const { columns } = await readTable(settings.data, "with.data", context);
  const target = binaryTarget(columns, settings.target);
  const { baseline, features } = chooseInputs(columns, settings);
  const groups = rowGroups(columns, target.length, settings);
  const folds = assignFolds(groups, settings.folds, context.seed);
  const without = await predict(baseline, target, folds, "without features", settings, context);
  const all = [...baseline, ...features];
  const withThem = await predict(all, target, folds, "with features", settings, context);
  const interval = liftInterval(without.logOdds, withThem.logOdds, target, groups, settings.resamples, context.seed);
  const areas = [areaUnderCurve(without.logOdds, target), areaUnderCurve(withThem.logOdds, target)] as const;
  const metrics = {
    lift: areas[1] - areas[0],
    liftLow: interval.low,
    liftHigh: interval.high,
    areaWithout: areas[0],
    areaWith: areas[1],
    accuracyWithout: accuracy(without.logOdds, target),
    accuracyWith: accuracy(withThem.logOdds, target),
    positives: target.reduce((sum, value) => sum + value, 0) / target.length,
    rows: target.length,
    columnsWithout: baseline.length,
    columnsWith: all.length,
  };
  const rows: TableColumn[] = [
    { name: "row", type: "integer", values: Float64Array.from(target, (_, i) => i + 1) },
    { name: "fold", type: "integer", values: Float64Array.from(folds, (fold) => fold + 1) },
    { name: settings.target, type: "boolean", values: Float64Array.from(target) },
    { name: "without_features", type: "number", values: without.logOdds },
    { name: "with_features", type: "number", values: withThem.logOdds },
  ];
  const tableFacts = { name: "predictions", description: `log odds of ${settings.target}` };
  const predictions = await putTable(context, tableFacts, rows, (directory) =>
    writeJson(join(directory, "importance.json"), importance(all, withThem.gains)),
  );
  return { outputs: { predictions }, metrics };
};

function chooseInputs(columns: readonly TableColumn[], settings: Settings) {
  const ignored = new Set(chosenColumns(columns, settings.ignore, "with.ignore").map(({ name }) => name));
  ignored.add(settings.target);
  if (settings.group !== undefined) ignored.add(settings.group);
  const known = chosenColumns(columns, settings.baseline, "with.baseline").filter(({ name }) => !ignored.has(name));
  for (const { name } of known) ignored.add(name);
  const added = chosenColumns(columns, settings.features, "with.features").filter(({ name }) => !ignored.has(name));
  return { baseline: known.flatMap(inputColumns), features: added.flatMap(inputColumns) };
}

/** The fold of each row: the folds' numbers of groups differ by at most one. */
function assignFolds(groups: Uint32Array, folds: number, seed: number): Uint32Array {
  const order = new RandomStream(seed, "folds").permutation(countGroups(groups));
  return groups.map((group) => order[group]! % folds);
}

async function predict(
  inputs: readonly InputColumn[],
  target: Uint8Array,
  folds: Uint32Array,
  phase: string,
  settings: Settings,
  context: StageContext,
) {
  const logOdds = new Float64Array(target.length);
  const gains = new Float64Array(inputs.length);
  const columns = inputs.map(({ values }) => values);
  const rows = Uint32Array.from(target, (_, row) => row);
  for (let fold = 0; fold < settings.folds; fold++) {
    context.progress({ phase, done: fold, total: settings.folds, unit: "folds", metrics: {} });
    await context.yield();
    const model = boost(
      columns,
      target,
      rows.filter((row) => folds[row] !== fold),
      settings,
    );
    for (const row of rows) if (folds[row] === fold) logOdds[row] = model.predict(row);
    model.gains.forEach((gain, i) => (gains[i]! += gain));
  }
  return { logOdds, gains };
}

/** Share of the gain of all splits, the largest first. */
function importance(inputs: readonly InputColumn[], gains: Float64Array): Record<string, number> {
  const total = gains.reduce((sum, gain) => sum + gain, 0) || 1;
  const shares = inputs.map(({ name }, i) => [name, gains[i]! / total] as const);
  return Object.fromEntries(shares.filter(([, share]) => share > 0).sort(([, a], [, b]) => b - a));
}
