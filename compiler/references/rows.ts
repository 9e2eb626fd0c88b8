import type { JsonObject } from "../../platform/json.js";
import { evaluateTrait, type RowKind, type Rows } from "../../schemas/stage.js";
import { stageDefinitions, type StageType, type StageWith } from "../../schemas/stages/index.js";
import type { Problem } from "../problem.js";
import { isBelow } from "./stand-ins.js";
import { schemaAt, valueAt, type Path, type Schema } from "../schema/schema.js";
import type { StandIn } from "./stand-in.js";

/** A stage whose settings are valid, with defaults filled in. */
export interface CheckedStage {
  id: string;
  uses: StageType;
  settings: JsonObject;
  schema: Schema;
  /** Where the settings are in the definition. */
  path: Path;
  standIns: readonly StandIn[];
}

const nouns: Record<RowKind, string> = {
  text: "texts",
  instruction: "instructions",
  preference: "preferences",
  unknown: "rows",
};
const columns: Record<RowKind, string> = {
  text: "{ text: … }",
  instruction: "{ instruction: …, response: … }",
  preference: "{ prompt: …, chosen: …, rejected: … }",
  unknown: "",
};

/**
 * Datasets that do not fit the stage that uses them: rows of another kind, or too few rows. What
 * only the data show is checked during the run.
 */
export function rowProblems(stages: readonly CheckedStage[]): Problem[] {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  return stages.flatMap((stage) => [...kindProblems(stage, byId), ...numberProblems(stage, byId)]);
}

function kindProblems(stage: CheckedStage, stages: ReadonlyMap<string, CheckedStage>): Problem[] {
  return stage.standIns.flatMap(({ path, artifact }): Problem[] => {
    if (artifact?.kind !== "dataset") return [];
    const accepted = schemaAt(stage.schema, path.slice(stage.path.length))?.["x-rows"] as RowKind[] | undefined;
    const { kind } = knownRows(artifact, stages);
    if (accepted === undefined || kind === "unknown" || accepted.includes(kind)) return [];
    const wanted = accepted.map((one) => nouns[one]).join(" or ");
    return [
      {
        code: "WRONG_ARTIFACT",
        path,
        message: `must be a dataset of ${wanted}, got ${artifact.reference}, which holds ${nouns[kind]}`,
        expected: wanted,
        got: `${artifact.reference}: ${nouns[kind]}`,
        next: `use a dataset of ${wanted}, or let ${artifact.stage} write them: columns: ${columns[accepted[0]!]}, or a query`,
      },
    ];
  });
}

function numberProblems(stage: CheckedStage, stages: ReadonlyMap<string, CheckedStage>): Problem[] {
  const needed = minRows(stage);
  if (needed === undefined) return [];
  const path = [...stage.path, needed.data];
  const given = valueAt(stage.settings, [needed.data]);
  const isUnknown = [needed.data, needed.because].some((field) =>
    stage.standIns.some(({ path: at, kind }) => kind === "unknown" && overlap(at, [...stage.path, field])),
  );
  if (!Array.isArray(given) || isUnknown) return [];
  const artifacts = stage.standIns.filter((standIn) => isBelow(standIn.path, path)).map(({ artifact }) => artifact);
  if (artifacts.length !== given.length || artifacts.some((artifact) => artifact === undefined)) return [];
  const rows = artifacts.map((artifact) => ({ ...knownRows(artifact!, stages), reference: artifact!.reference }));
  const most = rows.reduce((sum, one) => sum + one.most, 0);
  if (most >= needed.least) return [];
  const bounds = rows.map((one) => `${one.reference}: at most ${one.most} (${one.because})`).join(", ");
  return [
    {
      code: "OUT_OF_RANGE",
      path,
      message: `must have at least ${needed.least} rows (${needed.because}), got at most ${most}`,
      expected: `at least ${needed.least} rows`,
      got: bounds,
      next: `lower ${needed.because} to ${most} or less, or raise ${rows.map((one) => one.because).join(" or ")}`,
    },
  ];
}

const overlap = (a: Path, b: Path): boolean => isBelow(a, b) || isBelow(b, a);

interface KnownRows {
  kind: RowKind;
  /** Infinity if unbounded. */
  most: number;
  because: string;
}

/** Returns what a stage's settings say about the rows of an output. */
function knownRows(
  { stage: id, output }: NonNullable<StandIn["artifact"]>,
  stages: ReadonlyMap<string, CheckedStage>,
): KnownRows {
  const stage = stages.get(id);
  const rows: Rows = (stage && traitFor(stage.uses, stage.settings)[output]) ?? "unknown";
  return typeof rows === "string" ? { kind: rows, most: Infinity, because: "" } : rows;
}

function traitFor<T extends StageType>(uses: T, settings: JsonObject): Readonly<Record<string, Rows>> {
  return evaluateTrait(stageDefinitions[uses].outputRows, settings as unknown as StageWith<T>);
}

function minRows<T extends StageType>({ uses, settings }: CheckedStage & { uses: T }) {
  return stageDefinitions[uses].minRows?.(settings as unknown as StageWith<T>);
}
