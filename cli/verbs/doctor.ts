import { homeDirectory } from "../../store/home.js";
import { configuredAddress } from "../../worker/server/connection.js";
import { exitCodes } from "../exit-codes.js";
import type { Finding } from "../machine/check.js";
import { cores, gpu, memory, node, temporalCli, tensorflow } from "../machine/runtime.js";
import { disk, server } from "../machine/services.js";
import type { Colors, Terminal } from "../terminal.js";
import type { Verb } from "../verb.js";

/**
 * `pawl doctor`: reports what this machine has, and how to fix what is missing. Fails where a run
 * would fail.
 */
export const doctor: Verb = (command, terminal) => {
  const without = "do not load TensorFlow: fast enough for a health check";
  command.option("--no-tensorflow", without).action(async (options: { tensorflow: boolean }) => {
    const home = homeDirectory();
    // The check of the server reports an invalid configuration.
    const embedded = await configuredAddress().then(
      (address) => address === undefined,
      () => false,
    );
    const found = await Promise.all([
      node(),
      options.tensorflow ? tensorflow() : [],
      temporalCli(embedded),
      server(home),
      gpu(),
      disk(home),
      memory(),
      cores(),
    ]);
    show(found.flat(), terminal);
  });
};

function show(findings: Finding[], terminal: Terminal): void {
  if (findings.some(({ level }) => level === "fail")) terminal.exitCode = exitCodes.failed;
  if (terminal.json) return terminal.out(JSON.stringify(findings));
  const width = Math.max(...findings.map(({ name }) => name.length));
  for (const finding of findings) terminal.out(findingText(finding, width, terminal.colors));
}

/** `ok    Node   20.19.0 (linux x64)`, and under it what to do. */
export function findingText({ name, level, found, next }: Finding, width: number, colors: Colors): string {
  const color = { ok: colors.green, warn: colors.yellow, fail: colors.red }[level];
  const act = next === undefined ? "" : `\n      ${"".padEnd(width)}  next: ${colors.cyan(next)}`;
  return `${color(level.padEnd(4))}  ${name.padEnd(width)}  ${found}${act}`;
}
