import { openCheckpoints } from "../../../store/checkpoints.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { put } from "../../support/datasets.js";
import { featurize } from "./support.js";

// Nothing here depends on time; a busy machine must not fail it.

let context: TestContext;
beforeEach(() => void (context = givenNetwork(testContext())));
afterEach(() => context.remove());

const nodes = 400;

function givenNetwork(place: TestContext): TestContext {
  const ids = Array.from({ length: nodes }, (_, i) => `${i}\n`).join("");
  const edges = Array.from({ length: 3 * nodes }, (_, i) => `${i % nodes},${(i * i + 7 * i + 1) % nodes}\n`).join("");
  put(place, "accounts.csv", `id\n${ids}`);
  put(place, "followers.csv", `follower,followed\n${edges}`);
  return place;
}

const settings = (features: string[]) => ({
  nodes: { file: "accounts.csv" },
  edges: { file: "followers.csv" },
  features,
});

/** The same place, as another attempt sees it. */
function attempt(seed = 1): TestContext {
  const other = testContext(seed, context.workingDirectory);
  const options = { keep: 2, onCorrupt: () => {} };
  other.checkpoints = openCheckpoints(context.workingDirectory, "key", options);
  return other;
}

/** Runs until `reached`, stops there, and returns the newest checkpoint. */
async function stopAt(features: string[], reached: (progress: { phase: string; done: number }) => boolean) {
  const first = testContext(1, context.workingDirectory);
  first.checkpoints = openCheckpoints(context.workingDirectory, "key", { keep: 2, onCorrupt: () => {} });
  const reason = new Error("stop");
  first.onProgress = (progress) => void (reached(progress) && first.abort(reason));
  await expect(featurize(first, settings(features))).rejects.toBe(reason);
  return first.checkpoints.latest();
}

const all = ["degree", "pagerank", "betweenness"];

test("stopped in the midst of betweenness and resumed, the bytes are the same", async () => {
  const whole = await featurize(context, settings(all));
  const left = await stopAt(all, ({ phase, done }) => phase === "betweenness" && done > 100);
  expect(left!.step).toBeGreaterThan(100);
  expect(left!.step).toBeLessThan(nodes);
  const second = attempt();
  const resumed = await featurize(second, settings(all));
  expect(resumed.outputs).toEqual(whole.outputs);
  expect(second.logged.join("\n")).toContain('resumed with 2 of 3 groups of features done {"group":"betweenness"');
  const reported = second.reported.filter(({ phase }) => phase === "betweenness");
  expect(reported[0]!.done).toBe(left!.step);
  expect(reported.at(-1)).toMatchObject({ total: nodes + 2, unit: "sources" });
});

test("stopped between two groups and resumed, the bytes are the same", async () => {
  const whole = await featurize(context, settings(all));
  const left = await stopAt(all, ({ phase }) => phase === "degree");
  expect(left!.step).toBe(1);
  expect((await featurize(attempt(), settings(all))).outputs).toEqual(whole.outputs);
});

test("it saves by time", async () => {
  const eager = attempt();
  eager.checkpointEveryMs = 0;
  await featurize(eager, settings(["betweenness"]));
  expect((await eager.checkpoints.latest())!.step).toBe(nodes);
});
