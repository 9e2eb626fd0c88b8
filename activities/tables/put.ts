import { writeTable, type TableColumn } from "../../formats/table.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import type { StageContext } from "../stage.js";

/** Puts a table whose files are called after `name`; `more` adds files of its own. */
export function putTable(
  context: StageContext,
  { name, description }: { name: string; description: string },
  columns: readonly TableColumn[],
  more: (directory: string) => Promise<void> = async () => {},
): Promise<ArtifactRef<"table">> {
  return context.putArtifact("table", async (directory) => {
    await writeTable(directory, name, description, columns);
    await more(directory);
  });
}
