import { isObject, type Json, type JsonObject } from "../../platform/json.js";
import { stageDefinitions, type StageType } from "../../schemas/stages/index.js";
import type { Problem } from "../problem.js";
import { isStageType, outputKinds, withForm } from "../schema/forms.js";
import { artifactKind, artifactText } from "../schema/schema-errors.js";
import { memberSchema, type Path, type Schema } from "../schema/schema.js";
import { shorthandField } from "./shorthand.js";

const heldOut = "heldOut";
const wholeStage = /^\s*\$\{\{\s*stages\.([A-Za-z][A-Za-z0-9_-]{0,63})\s*\}\}\s*$/;
const outputText = (id: string, output: string): string => `\${{ stages.${id}.outputs.${output} }}`;

type Stages = ReadonlyMap<string, JsonObject>;

/** Held-out rows of a stage, and the data that they belong to. */
interface HeldOutRows {
  /** Where the stage is named as a whole. */
  from: Path;
  stage: string;
  /** The reference to its rows to train on. */
  data: string;
}

/**
 * Replaces references to whole stages. `${{ stages.ID }}`, as the value of a setting that takes an
 * artifact, stands for the stage's output of that kind: for its rows to train on, or for its
 * held-out rows where the setting takes these (`x-side`). A stage that trains on all of a data set
 * measures on its held-out rows (`heldOutOf`).
 */
export class WholeStages {
  /** Stages that lack an output of the kind that a setting takes. */
  readonly problems: Problem[] = [];
  /** Held-out rows that were filled in, by the stage that measures on them. */
  readonly #filled = new Map<string, HeldOutRows[]>();

  /**
   * @param stages as written
   * @param forms of settings by stage id, where they differ from those of the stage's type
   */
  constructor(
    private readonly stages: Stages,
    private readonly forms: ReadonlyMap<string, { form: Schema }>,
  ) {}

  /** The stages with references to outputs only. */
  named(): JsonObject {
    const found = [...this.stages].map(([id, stage]): [string, Json] => {
      const { uses, with: settings } = stage;
      if (!isStageType(uses) || !isObject(settings)) return [id, stage];
      const form = this.forms.get(id)?.form ?? withForm(uses);
      const measured = this.#heldOutRows(id, [])?.map((row) => outputText(row.stage, heldOut));
      const filled = measured && { [heldOut]: form.properties![heldOut]!.type === "array" ? measured : measured[0]! };
      const expanded = this.#expand(settings, form, ["stages", id, "with"]) as JsonObject;
      return [id, { ...stage, with: { ...expanded, ...filled } }];
    });
    return Object.fromEntries(found);
  }

  /** A problem where it is in the definition as written. */
  asWritten(problem: Problem): Problem {
    const [root, id, part, setting, index = 0] = problem.path;
    const filled = root === "stages" && part === "with" ? this.#filled.get(String(id)) : undefined;
    if (filled === undefined || setting !== heldOut) return problem;
    const { from, data } = filled[Number(index)] ?? filled[0]!;
    return { ...problem, path: from, next: `name the rows to train on: ${data}` };
  }

  /** The stage that a text names as a whole. */
  #stageIn(value: Json): string | undefined {
    const id = typeof value === "string" ? wholeStage.exec(value)?.[1] : undefined;
    return id !== undefined && this.stages.has(id) ? id : undefined;
  }

  #expand(value: Json, schema: Schema | undefined, path: Path): Json {
    if (schema === undefined) return value;
    const id = this.#stageIn(value);
    if (id !== undefined) return this.#outputText(id, schema, path) ?? value;
    if (Array.isArray(value)) return value.map((item, i) => this.#expand(item, schema.items, [...path, i]));
    if (!isObject(value)) return value;
    const mapping = schema.type === "array" ? (schema.items ?? {}) : schema;
    const members = Object.entries(value).map(([name, member]): [string, Json] => [
      name,
      this.#expand(member, memberSchema(mapping, name), [...path, name]),
    ]);
    return Object.fromEntries(members);
  }

  /** The reference to the output of a stage that a setting takes; undefined if it takes none. */
  #outputText(id: string, schema: Schema, path: Path): string | undefined {
    const kind = artifactKind(schema);
    const output = kind && this.#outputFor(id, kind.kind, sideIn(schema));
    if (output !== undefined) return outputText(id, output);
    this.problems.push(kind === undefined ? this.#takesNoStage(id, path) : lacks(id, kind, path));
    return undefined;
  }

  /** A setting takes no artifact of a known kind: nothing says which output is meant. */
  #takesNoStage(id: string, path: Path): Problem {
    const { uses, with: settings } = this.stages.get(id)!;
    const [first = "NAME"] = isStageType(uses) ? Object.keys(outputKinds(uses, settings)) : [];
    return {
      code: "WRONG_TYPE",
      path,
      message: `cannot be a whole stage, got stages.${id}`,
      expected: "a value, or an output that is named",
      got: `stages.${id}`,
      next: `name an output: ${outputText(id, first)}`,
    };
  }

  /** The output of a kind that a stage has. @param side `x-side` of the setting that takes it */
  #outputFor(id: string, wanted: string, side: unknown): string | undefined {
    const { uses, with: settings } = this.stages.get(id)!;
    if (!isStageType(uses)) return undefined;
    const fitting = Object.entries(outputKinds(uses, settings)).filter(([, kind]) => kind === wanted);
    const names = fitting.map(([name]) => name);
    if (side === heldOut || (side === "measured" && this.#holdsOut(id, [])))
      return names.find((name) => name === heldOut);
    return names.find((name) => name !== heldOut);
  }

  /** Whether a stage holds out rows, as far as the definition says it. */
  #holdsOut(id: string, seen: readonly string[]): boolean {
    const { uses, with: settings } = this.stages.get(id)!;
    if (!isStageType(uses) || outputKinds(uses, settings)[heldOut] === undefined) return false;
    const { holdsOut: share, heldOutOf } = stageDefinitions[uses];
    const given = isObject(settings) ? settings[share ?? heldOut] : undefined;
    if (share !== undefined) return given !== undefined && given !== 0;
    return heldOutOf === undefined || given !== undefined || this.#heldOutRows(id, seen) !== undefined;
  }

  /** The held-out rows of stages that a stage trains on as a whole; undefined if there are none. */
  #heldOutRows(id: string, seen: readonly string[]): HeldOutRows[] | undefined {
    const { uses, with: settings } = this.stages.get(id)!;
    const from = isStageType(uses) ? stageDefinitions[uses].heldOutOf : undefined;
    if (from === undefined || !isObject(settings) || settings[heldOut] !== undefined || seen.includes(id))
      return undefined;
    const data = settings[from] ?? [];
    const kind = artifactKind(withForm(uses as StageType).properties![heldOut])!.kind;
    const rows = [data].flat().flatMap((item, index) => {
      const stage = this.#stageIn(item);
      if (stage === undefined || this.#outputFor(stage, kind, heldOut) === undefined) return [];
      const at = ["stages", id, "with", from, ...(Array.isArray(data) ? [index] : [])];
      const trained = outputText(stage, this.#outputFor(stage, kind, undefined)!);
      return this.#holdsOut(stage, [...seen, id]) ? [{ from: at, stage, data: trained }] : [];
    });
    if (rows.length === 0) return undefined;
    this.#filled.set(id, rows);
    return rows;
  }
}

function lacks(id: string, kind: NonNullable<ReturnType<typeof artifactKind>>, path: Path): Problem {
  return {
    code: "WRONG_ARTIFACT",
    path,
    message: `must be ${artifactText(kind)}, got stages.${id}, which has none`,
    expected: artifactText(kind),
    got: `stages.${id}`,
    next: `name a stage that has an output of kind ${kind.kind}`,
  };
}

/** `x-side` of a setting, or of the items of its list. */
function sideIn(schema: Schema): unknown {
  const field = shorthandField(schema);
  const own = field === undefined ? schema : schema.properties?.[field];
  return own?.["x-side"] ?? (schema.items === undefined ? undefined : sideIn(schema.items));
}
