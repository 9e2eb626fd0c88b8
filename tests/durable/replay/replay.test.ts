import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { cutTask, cuts, type History } from "./cut-task.js";
import { useReplayer } from "./replayer.js";

const directory = path.join(import.meta.dirname, "histories");
const files = readdirSync(directory).map((file) => file.replace(/\.json$/, ""));
const read = (name: string): string => readFileSync(path.join(directory, `${name}.json`), "utf8");
const parse = (name: string) => JSON.parse(read(name)) as History;

const replayer = useReplayer();

const replay = (name: string, history: object): Promise<void> => replayer.replay(name.replace(/-\d+$/, ""), history);

test("every way that a run can go is recorded", () => {
  expect(files.sort()).toEqual([
    "aborted",
    "approved",
    "asked-1",
    "asked-2",
    "bad-definition",
    "brief",
    "called",
    "cancelled",
    "cancelled-cleaned",
    "children",
    "children.asks",
    "children.stops",
    "continued-as-new-1",
    "continued-as-new-2",
    "definition",
    "failed",
    "foreach",
    "matrix",
    "matrix-rest",
    // A run from before the patch matrix-rest: it cancels the rest.
    "matrix-rest-1",
    "matrix-stopped",
    "notified",
    "notified.child-1",
    "notified.child-2",
    "parked",
    "paused",
    "paused-child",
    "paused-child.child",
    "queued",
    "queued.beside-1",
    "queued.beside-2",
    "queued.child-1",
    "queued.child-2",
    "queued.child-3",
    "retried",
    "succeeded",
    "verified-1",
    "verified-2",
  ]);
});

test.each(files)("today's workflow code takes the decisions of the recorded run: %s", async (name) => {
  await replay(name, parse(name));
});

test.each(files)("it names no directory of the machine that recorded it: %s", (name) => {
  const payloads = [...read(name).matchAll(/"data": "([^"]+)"/g)].map(([, data]) => Buffer.from(data!, "base64"));
  const texts = [read(name), ...payloads.map(String)];
  expect(texts.flatMap((text) => text.match(/"\/(?:home|root|tmp|Users|var|work)\/[^"]*/g) ?? [])).toEqual([]);
});

// A busy machine ends a workflow task early to keep it alive: what follows a local activity's
// marker then stands in the next task, and a replay meets it a task later than it did.
test.each(files)("a task that was cut in two behind a local activity is replayed: %s", async (name) => {
  const history = parse(name);
  for (const marker of cuts(history)) await replay(name, cutTask(history, marker));
});

test("the recorded runs have such tasks", () => {
  expect(files.flatMap((name) => cuts(parse(name))).length).toBeGreaterThan(20);
});

describe("a history of other decisions is refused", () => {
  test.each([
    ["another stage was started", '"name": "dataset"', '"name": "tokenize"'],
    ["another stage came first", '"activityId": "a/1"', '"activityId": "c/1"'],
  ])("%s", async (_, from, to) => {
    const history = read("succeeded");
    if (!history.includes(from)) throw new Error(`the history does not hold ${from}`);
    await expect(replay("succeeded", JSON.parse(history.replaceAll(from, to)) as History)).rejects.toMatchObject({
      name: "DeterminismViolationError",
    });
  });
});
