import { PawlError } from "../../platform/errors.js";
import type { StageDescription } from "../../schemas/own-stage.js";
import { LastLines } from "../command/output.js";
import { runProgram } from "../command/program.js";
import { moduleFile } from "../scoring/code-roots.js";
import { taskFailure } from "./errors.js";
import { stageProgram } from "./program.js";
import { StageServer } from "./server.js";

/** Maximum time to load a file and all that it imports, ms. */
const maxLoadMs = 120_000;

const silent = { progress: () => undefined, recordMetrics: () => undefined, log: () => undefined };

/**
 * Loads a stage of the project's own in a process of its own, and returns its definition without
 * its code.
 * @param file as the definition names it: `./stages/NAME.ts`, a file of a package, or the package
 * @param limitMs after which a file that still loads is given up
 * @throws PawlError CODE_NOT_ALLOWED, DATA_MISSING, PATH_TRAVERSAL; STAGE_INVALID, STAGE_FAILED
 */
export async function describeStage(file: string, project: string, limitMs = maxLoadMs): Promise<StageDescription> {
  const found = await moduleFile(file, "uses", project);
  const server = new StageServer({ file: found.file, describe: true }, silent, {});
  const last = new LastLines();
  const limit = AbortSignal.timeout(limitMs);
  const program = { ...stageProgram(server, project), onOutput: (bytes: Buffer) => last.add(bytes) };
  const { code } = await runProgram(program, limit, () => 0);
  await server.close();
  if (server.end !== undefined && "description" in server.end) return server.end.description;
  if (limit.aborted) throw neverLoaded(file, limitMs);
  if (server.end === undefined && code !== 0) throw brokenOff(file, last.text());
  throw taskFailure(file, server.end, server);
}

function neverLoaded(file: string, limitMs: number): PawlError {
  return new PawlError("STAGE_INVALID", "the stage's file does not finish loading", {
    where: file,
    expected: `a file that is loaded within ${limitMs / 1000} seconds`,
    next: "leave what takes long to run, which is called when the stage runs",
  });
}

function brokenOff(file: string, output: string): PawlError {
  return new PawlError("STAGE_INVALID", "the process that loads the stage's file ended", {
    where: file,
    ...(output !== "" && { got: output }),
    next: "correct what it printed; the file must not end its process",
  });
}
