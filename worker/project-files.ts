import { readQueryFile } from "../activities/dataset/query.js";
import type { CompileOptions } from "../compiler/index.js";
import { codeNotAllowed } from "./project-directory.js";

/**
 * What the compiler reads below a project directory: query files in the same way as the stages, and own stages.
 * @param mayRunCode an own stage is loaded only then; else CODE_NOT_ALLOWED
 */
export function projectFiles(
  workingDirectory: string,
  mayRunCode = true,
): Required<Pick<CompileOptions, "readProjectFile" | "describeStage">> {
  return {
    readProjectFile: (file) => readQueryFile(file, workingDirectory, "query.file"),
    // Loaded only here: it brings much that a check of a definition does not need.
    describeStage: async (file) => {
      if (!mayRunCode) throw codeNotAllowed(file);
      const { describeStage } = await import("../activities/module/describe.js");
      return describeStage(file, workingDirectory);
    },
  };
}
