import { readQueryFile } from "../../activities/dataset/tables/query.js";
import type { CompileOptions } from "../../compiler/compile.js";
import { failedToLoad } from "../../platform/program/build.js";
import { homeDirectory } from "../../store/home.js";
import { definitionReader } from "./pipeline-file.js";

/** The functions with which the compiler reads a project. */
export type ProjectReaders = Required<Pick<CompileOptions, "readProjectFile" | "readDefinition" | "describeStage">>;

/**
 * What the compiler reads below a project directory: query files in the same way as the stages,
 * other definitions, and own stages.
 */
export function projectFiles(workingDirectory: string): ProjectReaders {
  const described = new Map<string, ReturnType<ProjectReaders["describeStage"]>>();
  // Loaded on demand, because it imports much that checking a definition does not need.
  const describe = async (file: string) => {
    const { describeStage } = await import("../../activities/module/describe.js").catch(failedToLoad);
    return describeStage(file, workingDirectory);
  };
  return {
    readDefinition: definitionReader(workingDirectory, homeDirectory()),
    readProjectFile: (file) => readQueryFile(file, workingDirectory, "query.file"),
    // Describing runs the file in a process, so it happens only once, however often a command
    // compiles.
    describeStage: (file) => {
      const known = described.get(file) ?? describe(file);
      described.set(file, known);
      return known;
    },
  };
}
