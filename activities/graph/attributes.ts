import type { TableColumn } from "../../formats/table.js";
import type { Attribute } from "../../graph/features/feature.js";
import { PawlError } from "../../platform/errors.js";
import type { StageWith } from "../../schemas/stages/index.js";

type RequestedAttribute = StageWith<"graph-featurize">["neighbors"][number];

/** Each category becomes a column of shares. */
const maxCategories = 100;

/**
 * The attributes whose values are aggregated over neighbors.
 * @throws PawlError DATA_INVALID for a missing column, a mean of values that are not numbers, or
 *   too many categories
 */
export function readAttributes(
  requested: readonly RequestedAttribute[],
  columns: readonly TableColumn[],
  description: string,
): Attribute[] {
  return requested.flatMap(({ attribute, aggregate }, i) => {
    const column = columns.find(({ name }) => name === attribute);
    if (column === undefined) throw noColumn(attribute, columns, description, i);
    const standard = column.type === "text" ? ["share" as const] : ["mean" as const, "max" as const];
    const wanted = aggregate.length > 0 ? aggregate : standard;
    const ofNumbers = wanted.filter((one) => one !== "share");
    const found: Attribute[] = [];
    if (ofNumbers.length > 0) found.push(readNumbers(column, ofNumbers, description, i));
    if (wanted.includes("share")) found.push(readCategories(column, description, i));
    return found;
  });
}

function readNumbers(column: TableColumn, aggregates: ("mean" | "max")[], description: string, i: number): Attribute {
  if (column.type !== "text") return { name: column.name, aggregates, values: column.values };
  const example = column.values.find((value) => value !== undefined && Number.isNaN(Number(value)));
  throw new PawlError("DATA_INVALID", `the aggregate ${aggregates[0]!} needs numbers`, {
    where: `with.neighbors[${i}] (${description}, column ${column.name})`,
    expected: "a column of numbers",
    got: JSON.stringify(example ?? ""),
    next: "use `aggregate: [share]`, or turn it into numbers in `query`",
  });
}

function readCategories(column: TableColumn, description: string, i: number): Attribute {
  const all: ArrayLike<string | number | undefined> = column.values;
  const texts = Array.from(all, (value) =>
    value === undefined || value === "" || Number.isNaN(value) ? undefined : String(value),
  );
  const categories = [...new Set(texts.filter((text): text is string => text !== undefined))].sort();
  if (categories.length > maxCategories)
    throw new PawlError("DATA_INVALID", "the attribute has too many categories, each of which becomes a column", {
      where: `with.neighbors[${i}] (${description}, column ${column.name})`,
      expected: `at most ${maxCategories} different values`,
      got: String(categories.length),
      next: "group them in `query`",
    });
  const places = new Map(categories.map((category, index) => [category, index]));
  const values = Int32Array.from(texts, (text) => (text === undefined ? -1 : places.get(text)!));
  return { name: column.name, categories, values };
}

function noColumn(name: string, columns: readonly TableColumn[], description: string, i: number): PawlError {
  return new PawlError("DATA_INVALID", `the nodes have no column ${name}`, {
    where: `with.neighbors[${i}] (${description})`,
    expected: columns.map((column) => column.name).join(", "),
    got: name,
    next: "choose one of these, or create it in `query`",
  });
}
