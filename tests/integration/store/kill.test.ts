import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { openCheckpoints } from "../../../store/checkpoints.js";
import { layout } from "../../../store/home.js";
import { removeLeftovers } from "../../../store/temporary.js";
import { useDirectory } from "../../support/directory.js";
import { runChild } from "./children.js";

const directory = useDirectory();

async function saveFirst(home: string): Promise<void> {
  const checkpoints = openCheckpoints(home, "k", { keep: 1, onCorrupt: () => undefined });
  await checkpoints.save(1, (to) => writeFileSync(path.join(to, "weights"), "weights of step 1"));
}

test("a process killed before any call of a save leaves a whole checkpoint, the old one or the new one", async () => {
  const whole = path.join(directory(), "whole");
  await saveFirst(whole);
  const { output, code } = await runChild("save-and-die.ts", whole, "0");
  expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^\d+$/) });

  const kills = Array.from({ length: Number(output) }, (_, index) => index + 1);
  const steps: (number | undefined)[] = [];
  const tryKill = async (nth: number): Promise<void> => {
    const home = path.join(directory(), String(nth));
    await saveFirst(home);
    expect(await runChild("save-and-die.ts", home, String(nth))).toMatchObject({ signal: "SIGKILL" });

    const corrupt: number[] = [];
    const checkpoints = openCheckpoints(home, "k", { keep: 1, onCorrupt: ({ step }) => corrupt.push(step) });
    const latest = await checkpoints.latest();
    expect(corrupt).toEqual([]);
    expect(readFileSync(path.join(latest!.directory, "weights"), "utf8")).toBe(`weights of step ${latest!.step}`);
    steps[nth] = latest!.step;

    await removeLeftovers(home);
    expect(readdirSync(layout.temporary(home))).toEqual([]);
  };
  while (kills.length > 0) await Promise.all(kills.splice(0, 4).map(tryKill));
  // Early kills leave the old one, late ones the new one, and there is no way back in between.
  expect(steps).toContain(1);
  expect(steps).toContain(2);
  expect(steps.filter((step) => step !== undefined)).toEqual([...steps.filter((step) => step !== undefined)].sort());
});
