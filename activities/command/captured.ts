import path from "node:path";
import { layout } from "../../store/home.js";
import type { StageContext } from "../stage.js";
import { masking } from "./mask.js";
import { LastLines, OutputFile } from "./output.js";
import { runProgram, type Program, type ProgramEnd } from "./program.js";

/**
 * Runs a program to its end; what it prints goes to the attempt's file of bounded size, without the
 * secrets.
 * @returns how it ended, and the last lines that it printed
 * @throws system errors of starting a process, and of writing the file
 */
export async function runCaptured(
  program: Omit<Program, "onOutput">,
  context: StageContext,
  { signal, secrets }: { signal: AbortSignal; secrets: readonly string[] },
): Promise<{ end: ProgramEnd; last: LastLines }> {
  const output = new OutputFile(layout.output(context.home, context.runId, context.stage, context.attempt));
  const last = new LastLines();
  const masked = masking(secrets, (bytes) => {
    output.write(bytes);
    last.add(bytes);
  });
  let leftOut = 0;
  const end = await runProgram({ ...program, onOutput: masked }, signal, () => context.graceMs()).finally(() => {
    try {
      masked();
    } finally {
      leftOut = output.close();
    }
  });
  logEnd(context, path.relative(context.home, output.file), end, leftOut);
  return { end, last };
}

function logEnd(context: StageContext, output: string, { code, signal }: ProgramEnd, leftOut: number): void {
  context.log("the program ended", {
    ...(code === null ? { signal } : { code }),
    output,
    ...(leftOut > 0 && { bytesLeftOut: leftOut }),
  });
}
