import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { projectStages } from "../../api/definitions/project-stages.js";
import { editorSchema } from "../../compiler/generate/editor-schema.js";
import type { DescribeStage } from "../../compiler/own-stages.js";
import type { Schema } from "../../compiler/schema/schema.js";
import { codeDirectories } from "../../platform/containment.js";
import { pipelineFiles } from "../../worker/project/pipeline-file.js";

/**
 * The editor's schema with the project's own stages, made again once a file has changed that they
 * are read from. A stage that cannot be loaded is left out: the compiler says why.
 * @param describe gives a function that reads each file anew
 */
export function editorSchemas(project: string, describe: () => DescribeStage): () => Promise<Schema> {
  let made: { stamp: string; schema: Promise<Schema> } | undefined;
  return async () => {
    const stamp = await projectStamp(project);
    if (made?.stamp !== stamp)
      made = {
        stamp,
        schema: projectStages(project, describe())
          .then(({ stages }) => stages)
          .catch(() => new Map())
          .then(editorSchema),
      };
    return made.schema;
  };
}

/**
 * It differs once a file of the project's code, or a pipeline, which may name a file of a package,
 * has been written.
 */
async function projectStamp(project: string): Promise<string> {
  const code = codeDirectories.map(async (directory) => {
    const names = await readdir(path.join(project, directory), { recursive: true }).catch(() => []);
    return names.map((name) => path.join(directory, name));
  });
  const files = [...(await Promise.all(code)).flat(), ...(await pipelineFiles(project))];
  const stamps = files.sort().map(async (file) => {
    const found = await stat(path.join(project, file)).catch(() => undefined);
    return `${file} ${found?.size} ${found?.mtimeMs} ${found?.ino}`;
  });
  return (await Promise.all(stamps)).join("\n");
}
