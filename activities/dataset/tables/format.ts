import { PawlError } from "../../../platform/errors.js";
import type { StageWith } from "../../../schemas/stages/index.js";
import { formatEndings, inferFormat, type DataFormat } from "../../../schemas/fields/data-format.js";
import type { LocalFile } from "../sources/local-file.js";

/**
 * The one format of all files of a source.
 * @throws PawlError DATA_INVALID if the names do not show it, or show several.
 */
export function chooseFormat(requested: StageWith<"dataset">["format"], files: readonly LocalFile[]): DataFormat {
  if (requested !== "auto") return requested;
  const found = new Set(files.map(({ name }) => inferFormat(name)));
  const [format] = found;
  if (found.size === 1 && format !== undefined) return format;
  const unknown = files.find(({ name }) => inferFormat(name) === undefined);
  throw new PawlError(
    "DATA_INVALID",
    unknown ? "the file's name does not show its format" : "the files have several formats",
    {
      where: "with.format",
      expected: `names that end in ${Object.keys(formatEndings).join(", ")} (or these and .gz)`,
      got: unknown?.name ?? [...found].join(", "),
      next: "name the format: `format: text | jsonl | json | csv | parquet`",
    },
  );
}
