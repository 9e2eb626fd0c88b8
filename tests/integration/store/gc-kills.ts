import { cpSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { collectGarbage } from "../../../store/collection/gc.js";
import { openArtifact, putArtifact } from "../../../store/artifacts/artifacts.js";
import { openCheckpoints } from "../../../store/checkpoints.js";
import { layout } from "../../../store/home.js";
import { saveRecord } from "../../../store/records/runs.js";
import { useDirectory } from "../../support/directory.js";
import { runChild } from "./children.js";

const directory = useDirectory();

/**
 * Kills a removal before each of its calls, or before some of them, evenly apart: whole artifacts
 * only are left, and the next removal completes it.
 * @param maxKills maximum number of kills
 */
export async function expectWholeAfterKills(maxKills: number): Promise<void> {
  const whole = path.join(directory(), "whole");
  const put = (text: string) =>
    putArtifact(whole, "files", (to) => ["a", "b"].forEach((name) => writeFileSync(path.join(to, name), text + name)));
  const [kept, gone] = [await put("kept"), await put("gone")];
  const checkpoints = openCheckpoints(whole, "c".repeat(64), { keep: 1, onCorrupt: () => undefined });
  await checkpoints.save(1, (to) => writeFileSync(path.join(to, "weights"), "1"));
  const times = { startedAt: "2026-01-01T00:00:00.000Z", endedAt: "2026-01-01T00:00:01.000Z" };
  const run = { runId: "r", pipeline: "p", status: "failed" as const, stages: [], outputs: { kept: { ...kept } } };
  await saveRecord(whole, { ...run, ...times });
  const { output } = await runChild("gc-and-die.ts", copyOf("0"), "0");
  expect(output).toMatch(/^\d+$/);

  function copyOf(name: string): string {
    const home = path.join(directory(), name);
    cpSync(whole, home, { recursive: true, preserveTimestamps: true });
    return home;
  }
  const states = new Set<string>();
  const tryKill = async (nth: number): Promise<void> => {
    const home = copyOf(String(nth));
    expect(await runChild("gc-and-die.ts", home, String(nth))).toMatchObject({ signal: "SIGKILL" });
    const opened = await openArtifact(home, gone).catch((error: unknown) => (error as { code: string }).code);
    const latest = await openCheckpoints(home, "c".repeat(64), {
      keep: 1,
      onCorrupt: () => states.add("damaged"),
    }).latest();
    states.add(`${opened === "ARTIFACT_MISSING" ? "gone" : path.basename(opened)} ${latest?.step ?? "none"}`);
    await openArtifact(home, kept);
    await collectGarbage(home, { beforeMs: Date.now() + 1000, dryRun: false });
    expect(readdirSync(layout.objects(home))).toEqual([kept.digest]);
    expect(readdirSync(layout.temporary(home))).toEqual([]);
    expect(readdirSync(layout.allCheckpoints(home))).toEqual([]);
  };
  const all = Array.from({ length: Number(output) }, (_, index) => index + 1);
  const every = Math.ceil(all.length / maxKills);
  const kills = all.filter((nth) => nth % every === 0);
  while (kills.length > 0) await Promise.all(kills.splice(0, 4).map(tryKill));
  expect([...states].sort()).toEqual([`${gone.digest} 1`, "gone 1", "gone none"].sort());
}
