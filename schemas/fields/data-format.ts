export const dataFormats = ["text", "jsonl", "json", "csv", "parquet"] as const;
export type DataFormat = (typeof dataFormats)[number];

/** Formats by the ending of a file's name. */
export const formatEndings: Readonly<Record<string, DataFormat>> = {
  txt: "text",
  text: "text",
  md: "text",
  jsonl: "jsonl",
  ndjson: "jsonl",
  json: "json",
  csv: "csv",
  tsv: "csv",
  parquet: "parquet",
};

/** The format that a file's name indicates (a final `.gz` is ignored), or undefined. */
export function inferFormat(name: string): DataFormat | undefined {
  const ending = /\.([a-z0-9]+)(?:\.gz)?$/i.exec(name)?.[1]?.toLowerCase();
  return ending !== undefined && Object.hasOwn(formatEndings, ending) ? formatEndings[ending] : undefined;
}
