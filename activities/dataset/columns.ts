import { PawlError } from "../../platform/errors.js";
import type { DatasetKind } from "../../formats/dataset.js";
import type { StageWith } from "../../schemas/stages/index.js";
import type { Column } from "./table.js";

type Asked = NonNullable<StageWith<"dataset">["columns"]>;
export type Field = keyof Asked;

/** Which columns make a row. */
export interface ChosenColumns {
  kind: DatasetKind;
  columns: { field: Field; name: string }[];
}

/** The fields of each kind of row, in the order in which kinds are looked for. */
const kinds: Record<DatasetKind, { fields: readonly Field[]; optional?: Field }> = {
  instructions: { fields: ["instruction", "response"], optional: "task" },
  preferences: { fields: ["prompt", "chosen", "rejected"], optional: "margin" },
  text: { fields: ["text"] },
};

/**
 * Chooses the columns: those that `columns` names, else `instruction` and `response`, else `chosen` and `rejected` with
 * their `prompt` (which may stand inside them), else `text`.
 * @throws PawlError NOT_ALLOWED if several kinds are named; DATA_INVALID if a column is not there or cannot be read.
 */
export function chooseColumns(found: readonly Column[], asked: Asked = {}): ChosenColumns {
  const kind = namedKind(asked) ?? presentKind(found);
  const { fields, optional } = kinds[kind];
  const nameOf = (field: Field): string => asked[field] ?? field;
  const columnOf = (field: Field): Column | undefined => found.find(({ name }) => name === nameOf(field));
  const inside =
    asked.prompt === undefined && columnOf("prompt") === undefined && isConversation(columnOf("chosen")?.type);
  const needed = fields.filter((field) => field !== "prompt" || !inside);
  for (const field of needed) checkColumn(found, nameOf(field), kind === "preferences");
  const more = optional !== undefined && (asked[optional] !== undefined || isPlain(columnOf(optional)?.type));
  if (more) checkColumn(found, nameOf(optional), false);
  const chosen = more ? [...needed, optional] : needed;
  return { kind, columns: chosen.map((field) => ({ field, name: nameOf(field) })) };
}

/** Text, numbers, dates and the like; no lists, structures or bytes. */
export function isPlain(type: string | undefined): boolean {
  return type !== undefined && !/^(STRUCT|MAP|UNION|BLOB|BIT)\b|\]$/.test(type);
}

/** A list of messages, each with `role` and `content`. */
export function isConversation(type: string | undefined): boolean {
  return type !== undefined && /^STRUCT\((?=.*"?\brole\b)(?=.*"?\bcontent\b).*\)\[\]$/.test(type);
}

function namedKind(asked: Asked): DatasetKind | undefined {
  const named = (Object.keys(kinds) as DatasetKind[]).filter((kind) => {
    const { fields, optional } = kinds[kind];
    return [...fields, optional].some((field) => field !== undefined && asked[field] !== undefined);
  });
  if (named.length > 1)
    throw new PawlError("NOT_ALLOWED", "a data set holds rows of one kind: text, instructions or preferences", {
      where: "with.columns",
      expected: "text alone; or instruction, response and task; or prompt, chosen, rejected and margin",
      got: Object.keys(asked).join(", "),
    });
  return named[0];
}

function presentKind(found: readonly Column[]): DatasetKind {
  const has = (name: string): boolean => found.some((column) => column.name === name);
  if (["instruction", "response"].every(has)) return "instructions";
  return ["chosen", "rejected"].every(has) ? "preferences" : "text";
}

function checkColumn(found: readonly Column[], name: string, mayTalk: boolean): void {
  const column = found.find((one) => one.name === name);
  const names = found.map((one) => one.name).join(", ");
  if (!column)
    throw new PawlError("DATA_INVALID", `the data have no column ${name}`, {
      where: "with.columns",
      expected:
        "columns text, or instruction and response, or prompt, chosen and rejected, or those that `columns` names",
      got: `columns ${names}`,
      next: "name them, `columns: { text: … }`, or make them, `query: SELECT … AS text FROM data`",
    });
  if (isPlain(column.type) || (mayTalk && isConversation(column.type))) return;
  throw new PawlError("DATA_INVALID", `the column ${name} holds no plain value`, {
    where: "with.columns",
    expected: mayTalk ? "text, or a list of messages with role and content" : "text or numbers",
    got: column.type,
    next: "take what is needed out of it in `query`, for example `SELECT answers[1].text AS response FROM data`",
  });
}
