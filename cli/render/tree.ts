import type { StageState, StageStatus } from "../../schemas/run.js";
import { isFinished, type RunView } from "../../api/reading/run-view.js";
import { typeNames } from "../../report/type-names.js";

/** A line of the tree: one stage, or a count of stages that are not shown. */
export type Row = StageRow | FoldedRow;

export interface StageRow {
  view: RunView;
  /** The stage; of a matrix, what its combinations have in common. */
  stage: StageState;
  /** Its `uses`, as in the definition. */
  type: string;
  /** How deep below the run's own stages; 0: one of them. */
  depth: number;
  /**
   * What the row stands for: combinations of a matrix, or the stages of a child. Empty: for itself.
   */
  members: readonly StageState[];
  /** Number of members without their own rows. */
  hidden: number;
}

export interface FoldedRow {
  folded: "done" | "queued" | "alive";
  names: string[];
  count: number;
}

/** A matrix or child with more stages shows only those that are under way or have failed. */
const maxListed = 4;

/**
 * The rows of a run, in the order of its stages: combinations below their matrix, and the stages of
 * a child below it.
 */
export function buildTree(view: RunView, depth = 0): StageRow[] {
  const typeName = typeNames(view.state.plan);
  const groupRows = (group: readonly StageState[], at: number): StageRow[] => {
    const [stage] = group as [StageState];
    const child = view.children?.[stage.id];
    const row = { view, stage, type: typeName(stage), depth: at, members: [], hidden: 0 };
    if (group.length === 1 && child === undefined) return [row];
    const members = group.length > 1 ? group : child!.state.stages;
    const listed = members.filter(({ status }) => members.length <= maxListed || rowKind(status) === "alive");
    const below =
      group.length > 1
        ? listed.flatMap((one) => groupRows([one], at + 1))
        : buildTree({ ...child!, state: { ...child!.state, stages: listed } }, at + 1);
    const head = group.length > 1 ? common(group) : stage;
    return [{ ...row, stage: head, members, hidden: members.length - listed.length }, ...below];
  };
  return groupMembers(view.state.stages).flatMap((group) => groupRows(group, depth));
}

const matrixId = ({ id }: StageState): string => id.slice(0, id.lastIndexOf("."));

/** Neighboring combinations of the same matrix; every other stage alone. */
function groupMembers(stages: readonly StageState[]): StageState[][] {
  const groups: StageState[][] = [];
  for (const stage of stages) {
    const [first] = groups.at(-1) ?? [];
    const isSame =
      first?.combination !== undefined && stage.combination !== undefined && matrixId(first) === matrixId(stage);
    if (isSame) groups.at(-1)!.push(stage);
    else groups.push([stage]);
  }
  return groups;
}

/** The status that tells most about several stages. */
const telling: StageStatus[] = ["parked", "waiting", "failed", "running", "backingOff", "queued"];

/** A stage that stands for the combinations of a matrix. */
function common(group: readonly StageState[]): StageState {
  const [first] = group as [StageState];
  const status = telling.find((one) => group.some((member) => member.status === one)) ?? first.status;
  const hasBegun = group.some((member) => member.status !== "queued");
  return {
    id: matrixId(first),
    uses: first.uses,
    status: status === "queued" && hasBegun ? "running" : status,
    attempts: 1,
    outputs: {},
    metrics: {},
  };
}

export type RowKind = "done" | "queued" | "alive";

/** What a row may become: what runs, waits or failed never folds. */
export function rowKind(status: StageStatus): RowKind {
  if (isFinished(status)) return "done";
  return status === "queued" ? "queued" : "alive";
}

const countHidden = ({ members, hidden }: StageRow): number => (members.length === 0 ? 1 : hidden);

/**
 * The rows that fit: first the earliest finished stages fold into one line, as many as needed, then
 * the last queued ones.
 * @param rowHeight lines that a row takes
 */
export function foldTree(tree: readonly StageRow[], room: number, rowHeight: (row: StageRow) => number): Row[] {
  const over = (): number => rows.reduce((sum, row) => sum + ("folded" in row ? 1 : rowHeight(row)), 0) - room;
  let rows: Row[] = [...tree];
  rows = fold(rows, "done", over(), rowHeight);
  rows = fold(rows, "queued", over(), rowHeight);
  return rows;
}

const runsByItself = ({ stage }: StageRow): boolean => stage.status === "running" || stage.status === "backingOff";

/** Folds rows of a kind until `over` fewer lines are needed, or none remain. */
export function fold(
  rows: readonly Row[],
  kind: RowKind,
  over: number,
  rowHeight = (_row: StageRow): number => 1,
): Row[] {
  if (over <= 0) return [...rows];
  const found = rows.filter((row): row is StageRow => !("folded" in row) && rowKind(row.stage.status) === kind);
  if (kind !== "done") found.reverse();
  // Running stages fold before stages that wait for people or have failed.
  if (kind === "alive") found.sort((a, b) => Number(runsByItself(b)) - Number(runsByItself(a)));
  const folded = new Set<Row>();
  // The line with their count also takes one line.
  let saved = -1;
  for (const row of found) {
    if (saved >= over) break;
    folded.add(row);
    saved += rowHeight(row);
  }
  if (folded.size < 2) return [...rows];
  const gone = rows.filter((row): row is StageRow => folded.has(row));
  const line: FoldedRow = {
    folded: kind,
    names: gone.map(({ stage }) => stage.id),
    count: gone.reduce((sum, row) => sum + countHidden(row), 0),
  };
  const kept = rows.filter((row) => !folded.has(row));
  const priority = kind === "done" ? 0 : kept.length;
  return [...kept.slice(0, priority), line, ...kept.slice(priority)];
}
