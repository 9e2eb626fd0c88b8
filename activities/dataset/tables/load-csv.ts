import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { scanCsv, withPlainLineEnds, type CsvFacts } from "./csv.js";
import { filesWithContent, type LinkedFile, type LoadOptions, type Relation } from "./relation.js";
import { literal, literals } from "./sql.js";

/** DuckDB's own bound on a row, bytes; longer ones must be announced to it. */
const ordinaryRow = 2_000_000;

type ScannedFile = LinkedFile & { facts: CsvFacts };

/**
 * CSV files as a relation. The options of DuckDB's reader leave nothing to detect, except the types
 * if there is a query.
 * @throws PawlError DATA_INVALID
 */
export async function csvView(
  files: readonly LinkedFile[],
  asWritten: boolean,
  options: LoadOptions,
): Promise<Relation> {
  const scanned: ScannedFile[] = [];
  for (const file of files) scanned.push({ ...file, facts: await scanCsv(file, options.delimiter) });
  const named = await filesWithContent(scanned, ({ facts }) => facts.columns === 0, options);
  const withRows = named.filter(({ facts }) => facts.rows > 0);
  // A file without rows would turn the columns of all files into text: nothing in it shows their
  // types.
  const read = withRows.length > 0 ? withRows : named;
  for (const { name } of named.filter((file) => !read.includes(file))) options.log(`${name} has no rows: left out`);
  for (const { name, facts } of read)
    if (facts.blankLines > 0)
      options.log(`${name} has blank lines, which are not rows`, { blankLines: facts.blankLines });
  const ready: ScannedFile[] = [];
  for (const file of read) ready.push(file.facts.mixedLineEnds ? await rewritten(file) : file);
  return {
    sql: alike(ready)
      .map((group) => `SELECT * FROM ${reader(group, asWritten)}`)
      .join(" UNION ALL BY NAME "),
    rows: read.reduce((sum, { facts }) => sum + facts.rows, 0),
    paths: ready.map(({ link }) => link),
  };
}

/** A copy whose rows all end alike: DuckDB reads files of one kind of line end. */
async function rewritten(file: ScannedFile): Promise<ScannedFile> {
  const link = `${file.link.replace(/\.gz$/, "")}.csv`;
  await pipeline(withPlainLineEnds(file, file.facts), createWriteStream(link));
  return { ...file, link, facts: { ...file.facts, blankBefore: 0 } };
}

/** Consecutive files that are read in the same way. */
function alike(files: readonly ScannedFile[]): ScannedFile[][] {
  const groups: ScannedFile[][] = [];
  for (const file of files) {
    const group = groups.at(-1);
    if (group !== undefined && dialect(group[0]!) === dialect(file)) group.push(file);
    else groups.push([file]);
  }
  return groups;
}

const dialect = ({ facts: { delimiter, blankBefore } }: ScannedFile): string =>
  JSON.stringify([delimiter, blankBefore]);

function reader(files: readonly ScannedFile[], asWritten: boolean): string {
  const { delimiter, blankBefore } = files[0]!.facts;
  const longest = Math.max(ordinaryRow, ...files.map(({ facts }) => facts.maxRowBytes + 1));
  const settings = [
    "header = true",
    `skip = ${blankBefore}`,
    `delim = ${literal(delimiter)}`,
    `quote = '"'`,
    `escape = '"'`,
    "comment = ''",
    "union_by_name = true",
    `all_varchar = ${asWritten}`,
    `max_line_size = ${longest}`,
  ];
  return `read_csv(${literals(files.map(({ link }) => link))}, ${settings.join(", ")})`;
}
