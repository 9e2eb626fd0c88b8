/**
 * Compiles mutated definitions on request: a line `INDEX` is answered with JSON: processor time in
 * ms, and what is wrong with Pawl's response, if anything.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { compilePipeline } from "../../compiler/compile.js";
import { PipelineErrors } from "../../compiler/errors.js";
import { packageRoot } from "../../platform/program/locations.js";
import { mutated } from "./mutations.js";

const directory = path.join(packageRoot(), "pipelines");
const texts = readdirSync(directory)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => readFileSync(path.join(directory, name), "utf8"));
const seed = Number(process.argv[2]);

/** Undefined if the result is a plan, or errors that all have a place. */
async function faultOf(text: string): Promise<string | undefined> {
  try {
    await compilePipeline({ text, file: "mutated.yaml" });
    return undefined;
  } catch (error) {
    if (!(error instanceof PipelineErrors)) return `not an error of the definition: ${String(error).slice(0, 200)}`;
    const astray = error.errors.find(({ line, column, next }) => !(line >= 1 && column >= 1 && next));
    return astray && `not located: ${astray.code} ${astray.message.slice(0, 200)}`;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const before = process.cpuUsage();
  const fault = await faultOf(mutated(texts, seed, Number(line)));
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${JSON.stringify({ ms: (user + system) / 1000, fault })}\n`);
}
