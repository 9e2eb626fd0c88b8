import { writeFileSync } from "node:fs";
import path from "node:path";
import type { StageContext } from "../../../activities/stage.js";
import type { Choices } from "../../../schemas/choices.js";
import { putArtifact } from "../../../store/artifacts/artifacts.js";
import { checkpointSteps } from "../../../store/checkpoints.js";
import { findResult } from "../../../store/records/results.js";
import { useDirectory } from "../../support/directory.js";
import { attempt, request, processWith } from "../../support/attempt.js";

const home = useDirectory();
const pairs = { artifact: "pairs", digest: "0".repeat(64) } as const;
let key = "";

async function work(_: never, context: StageContext) {
  ({ key } = context);
  if (context.given === undefined) {
    await context.checkpoints.save(3, (directory) => writeFileSync(path.join(directory, "pairs"), "two"));
    return { request: { pairs, items: 2, target: 1 } };
  }
  const train = await putArtifact(home(), "dataset", () => undefined);
  return { outputs: { train }, metrics: { chosen: Object.keys(context.given.choices).length } };
}

test("a stage that asks has no result and keeps its checkpoint; with the answers it has one", async () => {
  const worker = processWith(home(), work);
  expect(await attempt(worker, request())).toEqual({
    request: { pairs, items: 2, target: 1 },
    workMs: expect.any(Number),
  });
  expect(await findResult(home(), key)).toBeUndefined();
  expect(await checkpointSteps(home(), key)).toEqual([3]);

  const choices: Choices = { 2: "first" };
  const answered = request({ attempt: 2, given: { pairs, choices }, reuse: false });
  expect(await attempt(worker, answered)).toMatchObject({ metrics: { chosen: 1 } });
  expect((await findResult(home(), key))?.metrics).toEqual({ chosen: 1 });
  expect(await checkpointSteps(home(), key)).toEqual([]);
});
