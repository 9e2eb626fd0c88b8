import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isBuildReplaced, noteBuild, refuseReplacedBuild } from "../../../platform/program/build.js";
import type { StageTable } from "../../../worker/attempts/stage-table.js";
import { putArtifact } from "../../../store/artifacts/artifacts.js";
import { findResult } from "../../../store/records/results.js";
import { useDirectory } from "../../support/directory.js";
import { attempt, request, processWith } from "../../support/attempt.js";
import { prepareStage } from "../../support/prepare.js";
const directory = useDirectory();
const root = (): string => path.join(directory(), "pawl");
const write = (name: string, content: string): void => {
  const file = path.join(root(), name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
};
beforeEach(() => {
  write("dist/build.txt", "one");
  write("dist/studio/page/main.js", "two");
  write("package-lock.json", "{}");
  noteBuild(root());
});

test("a program whose files are as they were at the start is not replaced, written again or not", () => {
  expect(isBuildReplaced()).toBe(false);
  write("dist/build.txt", "one");
  utimesSync(path.join(root(), "dist/studio/page/main.js"), 1, 1);
  write("dist/activities/dataset.js.map", "no code");
  expect(isBuildReplaced()).toBe(false);
});

test.each<[string, () => void]>([
  ["another build, its digest of the same size", () => write("dist/build.txt", "ONE")],
  ["another page", () => write("dist/studio/page/main.js", "three")],
  ["a file removed", () => rmSync(path.join(root(), "dist/studio/page/main.js"))],
  ["other packages", () => write("package-lock.json", '{"packages": {}}')],
  ["nothing left", () => rmSync(root(), { recursive: true })],
])("%s: the program is replaced", (_, change) => {
  change();
  expect(isBuildReplaced()).toBe(true);
  expect(() => refuseReplacedBuild()).toThrow("Pawl was updated while this worker ran");
});

describe("a stage whose code is loaded after an update", () => {
  const home = (): string => path.join(directory(), "home");
  const work = async () => {
    const train = await putArtifact(home(), "dataset", () => undefined);
    return { outputs: { train, heldOut: train }, metrics: {} };
  };
  /** As Node.js does: the code is loaded once, when it is first needed. */
  const loadedBy = (load: () => void) => {
    let loaded = false;
    const stages = new Proxy(
      {},
      {
        get: () => async () => {
          if (!loaded) load();
          loaded = true;
          return work;
        },
      },
    ) as unknown as StageTable;
    const leave = jest.fn();
    return { worker: { ...processWith(home(), work, { leave }), stages }, leave };
  };
  const key = async (): Promise<string> => {
    return (await prepareStage({ home: home(), workingDirectory: home() })).key!;
  };

  test("does not run: the process ends, and the next one takes the stage up", async () => {
    const { worker, leave } = loadedBy(() => write("dist/build.txt", "new code"));
    await expect(attempt(worker, request())).rejects.toMatchObject({ type: "PREEMPTED" });
    expect(leave).toHaveBeenCalledTimes(1);
    expect(await findResult(home(), await key())).toBeUndefined();
  });
  test("still runs where it was loaded before: it is the old code, under the old key", async () => {
    const { worker, leave } = loadedBy(() => undefined);
    await attempt(worker, request());
    write("dist/build.txt", "new code");
    await attempt(worker, request({ seed: 2 }));
    expect(leave).not.toHaveBeenCalled();
  });
});
