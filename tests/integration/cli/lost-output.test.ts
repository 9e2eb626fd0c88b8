import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import { useDirectory } from "../../support/directory.js";

const directory = useDirectory();
const runner = path.join(import.meta.dirname, "../../../scripts/typescript.cjs");
const ended = (): string => path.join(directory(), "ended");

/** A script of this directory that has written its first line. */
async function started(script: string, ...args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [runner, path.join(import.meta.dirname, script), ended(), ...args]);
  await once(child.stdout, "data");
  return child;
}

/**
 * Closes the pipes and sends the signal; how the process ended, and whether it came to its own end.
 */
async function outcome(child: ChildProcess, streams: ("stdout" | "stderr")[], signal?: NodeJS.Signals) {
  for (const name of ["stdout", "stderr"] as const) {
    if (streams.includes(name)) child[name]!.destroy();
    else child[name]!.resume();
  }
  const exit = once(child, "exit");
  if (signal !== undefined) child.kill(signal);
  const [code, killedBy] = (await exit) as [number | null, NodeJS.Signals | null];
  return { code, killedBy, ended: existsSync(ended()) };
}

const inOrder = { code: 0, killedBy: null, ended: true };

describe.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("what ends in order at %s does so", (signal) => {
  test.each([[["stdout"]], [["stderr"]], [["stdout", "stderr"]]] as ("stdout" | "stderr")[][][])(
    "though nobody reads its %j any more",
    async (streams) => {
      expect(await outcome(await started("ordered-stop.ts"), streams, signal)).toEqual(inOrder);
    },
  );
});

test.each(["EIO", "ENOSPC"])("what ends in order does so though its output fails with %s", async (code) => {
  expect(await outcome(await started("ordered-stop.ts", code), [], "SIGHUP")).toEqual(inOrder);
});

test("another verb whose output nobody reads any more ends immediately, without an error", async () => {
  expect(await outcome(await started("print-much.ts"), ["stdout"])).toEqual({ ...inOrder, ended: false });
});

test("another verb whose notes nobody reads comes to its end", async () => {
  expect(await outcome(await started("print-much.ts", "note"), ["stderr"])).toEqual(inOrder);
});
