import { rm } from "node:fs/promises";
import { writeTable, type TableColumn } from "../../formats/table.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import { temporaryDirectory } from "../../store/temporary.js";
import { isSystemError, resourceError } from "../dataset/tables/resource-error.js";
import { queryMemory } from "../dataset/tables/table.js";
import type { StageContext } from "../stage.js";

interface TableTexts {
  /** The base name of the files. */
  name: string;
  description: string;
}

/**
 * Puts a table; `more` adds further files.
 * @throws PawlError DISK_FULL, RESOURCES_EXHAUSTED, STORE_UNREADABLE if the system refuses
 *   something
 */
export function putTable(
  context: StageContext,
  texts: TableTexts,
  columns: readonly TableColumn[],
  more: (directory: string) => Promise<void> = async () => {},
): Promise<ArtifactRef<"table">> {
  return context.putArtifact("table", async (directory) => {
    await write(context.home, directory, texts, columns);
    await more(directory);
  });
}

async function write(
  home: string,
  directory: string,
  { name, description }: TableTexts,
  columns: readonly TableColumn[],
): Promise<void> {
  const scratch = await temporaryDirectory(home, "scratch");
  try {
    await writeTable(directory, name, description, columns, {
      memoryBytes: queryMemory,
      temporaryDirectory: scratch,
    });
  } catch (error) {
    if (isSystemError(error)) throw error;
    throw resourceError((error as Error).message, `the table ${name}`, home) ?? error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
