import path from "node:path";
import ts from "typescript";
import { root } from "../setup/generated.mjs";

/**
 * TypeScript's program of Pawl, the studio's page included, which declares what the package ships.
 */
export function createProgram() {
  const config = (name) => ts.getParsedCommandLineOfConfigFile(path.join(root, name), {}, ts.sys);
  const page = config("studio/page/tsconfig.json");
  const options = { ...config("tsconfig.types.json").options, lib: page.options.lib, noCheck: true };
  return ts.createProgram([...config("tsconfig.json").fileNames, ...page.fileNames], options);
}
