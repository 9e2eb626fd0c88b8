import { readQueryFile } from "../activities/dataset/query.js";
import type { CompileOptions } from "../compiler/index.js";

/** Reads the files of queries below a folder, for the compiler, as the stages will. */
export function projectFiles(workingFolder: string): NonNullable<CompileOptions["readProjectFile"]> {
  return (file) => readQueryFile(file, workingFolder, "query.file");
}
