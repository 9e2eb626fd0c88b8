import { PawlError } from "../../schemas/errors.js";
import type { DatasetKind } from "../../formats/dataset.js";
import type { StageWith } from "../../schemas/stages/index.js";
import type { Column } from "./table.js";

/** Which columns make a row: [text], or [instruction, response]. */
export interface ChosenColumns {
  kind: DatasetKind;
  names: string[];
}

/**
 * Chooses the columns: those that `columns` names, else `instruction` and `response`, else `text`.
 * @throws PawlError NOT_ALLOWED if both kinds are named; DATA_INVALID if a column is not there or holds no plain value.
 */
export function chooseColumns(found: readonly Column[], asked: StageWith<"dataset">["columns"]): ChosenColumns {
  const { text, instruction, response } = asked ?? {};
  const asksInstructions = instruction !== undefined || response !== undefined;
  if (text !== undefined && asksInstructions)
    throw new PawlError("NOT_ALLOWED", "a data set holds either text or instructions", {
      where: "with.columns",
      expected: "text alone, or instruction and response",
      got: Object.keys(asked!).join(", "),
    });
  const pair = [instruction ?? "instruction", response ?? "response"];
  const has = (name: string) => found.some((column) => column.name === name);
  const chosen: ChosenColumns =
    asksInstructions || (text === undefined && pair.every(has))
      ? { kind: "instructions", names: pair }
      : { kind: "text", names: [text ?? "text"] };
  for (const name of chosen.names) checkColumn(found, name);
  return chosen;
}

/** Text, numbers, dates and the like; no lists, structures or bytes. */
export function isPlain(type: string): boolean {
  return !/^(STRUCT|MAP|UNION|BLOB|BIT)\b|\]$/.test(type);
}

function checkColumn(found: readonly Column[], name: string): void {
  const column = found.find((one) => one.name === name);
  const names = found.map((one) => one.name).join(", ");
  if (!column)
    throw new PawlError("DATA_INVALID", `the data have no column ${name}`, {
      where: "with.columns",
      expected: "columns text, or instruction and response, or those that `columns` names",
      got: `columns ${names}`,
      next: "name them, `columns: { text: … }`, or make them, `query: SELECT … AS text FROM data`",
    });
  if (!isPlain(column.type))
    throw new PawlError("DATA_INVALID", `the column ${name} holds no plain value`, {
      where: "with.columns",
      expected: "text or numbers",
      got: column.type,
      next: "take what is needed out of it in `query`, for example `SELECT answers[1].text AS response FROM data`",
    });
}
