import { taskFailure } from "../../activities/module/errors.js";
import { moduleFile } from "../../activities/scoring/code-roots.js";
import { projectFiles, type ProjectReaders } from "../../worker/project/project-files.js";
import { describe, stageIn } from "../../worker/stage-process/definition.js";
import { failureFrom } from "../../worker/stage-process/failure.js";

/**
 * What the compiler reads in a project; stages are loaded here as their own process loads them,
 * without a build.
 */
export function projectInProcess(project: string): ProjectReaders {
  return {
    ...projectFiles(project),
    describeStage: async (named) => {
      const { file } = await moduleFile(named, "uses", project);
      try {
        return describe(stageIn((await import(file)) as object));
      } catch (error) {
        throw taskFailure(named, { failure: failureFrom(error, "invalid", file) }, { requestError: () => undefined });
      }
    },
  };
}
