import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { exportMark } from "../../../platform/containment.js";
import { mapBounded } from "../../../platform/map-bounded.js";
import { completeReplacements, replaceDirectory } from "../../../store/artifacts/owned-directory.js";
import { layout } from "../../../store/home.js";
import { runChild } from "./children.js";

/** Replaces a directory below the project that holds the home directory. */
export function replaceWith(text: string, to: string, own: string, confirm = async () => {}): Promise<void> {
  const write = async (directory: string): Promise<void> => {
    for (const name of ["config.json", "weights"]) writeFileSync(path.join(directory, name), `${name}: ${text}`);
  };
  return replaceDirectory(own, { target: to, keep: [path.dirname(own)], write, confirm });
}

/** What a directory says, where it is whole. */
export function textOf(directory: string): string {
  expect(readdirSync(directory).sort()).toEqual([exportMark, "config.json", "weights"]);
  const [config, weights] = ["config.json", "weights"].map((name) => readFileSync(path.join(directory, name), "utf8"));
  const text = config!.replace("config.json: ", "");
  expect(weights).toBe(`weights: ${text}`);
  return text;
}

/** No journal, no directory half made. */
export function expectNothingBeside(own: string, to: string): void {
  const beside = existsSync(path.dirname(to)) ? readdirSync(path.dirname(to)) : [];
  expect(beside.filter((name) => name !== "model")).toEqual([]);
  expect(existsSync(layout.exports(own)) ? readdirSync(layout.exports(own)) : []).toEqual([]);
}

/**
 * Kills a process before each of the calls that replacing a directory makes, or before each
 * `every`-th, four at a time, each in a project of its own: the directory is as before or the new
 * one, whole, once the next start has completed it.
 * @param first what is in the directory before; absent if there is none
 */
export async function expectWholeAfterKills(directory: string, first: string | undefined, every = 1): Promise<void> {
  const begin = async (name: string): Promise<{ home: string; to: string }> => {
    const [home, to] = [path.join(directory, name, ".pawl"), path.join(directory, name, "out", "model")];
    mkdirSync(home, { recursive: true });
    if (first !== undefined) await replaceWith(first, to, home);
    return { home, to };
  };
  const whole = await begin("whole");
  const { output } = await runChild("replace-and-die.ts", whole.home, whole.to, "0");
  expect(output).toMatch(/^\d+$/);
  const calls = Array.from({ length: Number(output) }, (_, i) => i + 1).filter((nth) => nth % every === 0);
  const left = await mapBounded(calls, 4, async (nth) => {
    const { home, to } = await begin(String(nth));
    const outcome = await runChild("replace-and-die.ts", home, to, String(nth));
    expect(outcome).toMatchObject({ signal: "SIGKILL" });
    await completeReplacements(home);
    expectNothingBeside(home, to);
    return existsSync(to) ? textOf(to) : undefined;
  });
  // Early kills leave what was there, late ones the new one, and there is no way back in between.
  expect(new Set(left)).toEqual(new Set([first, "new"]));
  expect(left.indexOf("new")).toBe(left.lastIndexOf(first) + 1);
}
