import { readQueryFile } from "../activities/dataset/query.js";
import type { CompileOptions } from "../compiler/index.js";

/** Reads the files of queries below a directory, for the compiler, as the stages will. */
export function projectFiles(workingDirectory: string): NonNullable<CompileOptions["readProjectFile"]> {
  return (file) => readQueryFile(file, workingDirectory, "query.file");
}
