#!/usr/bin/env node
import { holdYoungSpace, letYoungSpaceGrow } from "../platform/program/young-space.js";
import { openFilesError } from "./open-files.js";

try {
  holdYoungSpace();
  const { main } = await import("./program.js");
  const { processTerminal } = await import("./terminal.js");
  letYoungSpaceGrow();
  process.exitCode = await main(process.argv.slice(2), processTerminal());
} catch (error) {
  // Loading opens many files at the same time: where few are allowed, that fails, and nothing more
  // can be loaded to report it.
  const { code, message, facts } = openFilesError(error) ?? rethrow(error);
  process.exitCode = 1;
  if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify({ error: { code, message, facts } })}\n`);
  else
    process.stderr.write(
      `${message}\n  expected: ${facts.expected}\n  got: ${facts.got}\n  ${code} · next: ${facts.next}\n`,
    );
}

function rethrow(error: unknown): never {
  throw error;
}
