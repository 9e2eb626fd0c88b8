import { DefaultLogger, Runtime, Worker } from "@temporalio/worker";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { workflowBundle } from "../../../worker/bundle.js";
const directory = path.join(import.meta.dirname, "histories");
const files = readdirSync(directory).map((file) => file.replace(/\.json$/, ""));
const read = (name: string): string => readFileSync(path.join(directory, `${name}.json`), "utf8");

beforeAll(() => {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
});

async function replay(name: string, history: string): Promise<void> {
  const { codePath } = await workflowBundle();
  await Worker.runReplayHistory({ workflowBundle: { codePath } }, JSON.parse(history), name.replace(/-\d+$/, ""));
}

test("every way that a run can go is recorded", () => {
  expect(files.sort()).toEqual([
    "aborted",
    "asked-1",
    "asked-2",
    "bad-definition",
    "cancelled",
    "continued-as-new-1",
    "continued-as-new-2",
    "definition",
    "failed",
    "parked",
    "retried",
    "succeeded",
  ]);
});

test.each(files)("today's workflow code takes the decisions of the recorded run: %s", async (name) => {
  await replay(name, read(name));
});

describe("a history of other decisions is refused", () => {
  test.each([
    ["another stage was started", '"name": "dataset"', '"name": "tokenize"'],
    ["another stage came first", '"activityId": "a/1"', '"activityId": "c/1"'],
  ])("%s", async (_, from, to) => {
    const history = read("succeeded");
    if (!history.includes(from)) throw new Error(`the history does not hold ${from}`);
    await expect(replay("succeeded", history.replaceAll(from, to))).rejects.toMatchObject({
      name: "DeterminismViolationError",
    });
  });
});
