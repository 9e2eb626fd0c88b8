import { readQueryFile } from "../activities/dataset/query.js";
import type { CompileOptions } from "../compiler/index.js";

/** Reads query files below a directory for the compiler, in the same way as the stages. */
export function projectFiles(workingDirectory: string): NonNullable<CompileOptions["readProjectFile"]> {
  return (file) => readQueryFile(file, workingDirectory, "query.file");
}
