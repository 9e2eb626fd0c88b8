import { readFeatureTable } from "../../../report/run/feature-tables.js";
import { put } from "../../support/datasets.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { featurize } from "./support.js";

let context: TestContext;
beforeEach(() => void (context = testContext()));
afterEach(() => context.remove());

test("the report has the distribution of each feature, without the nodes' own columns", async () => {
  put(context, "a.csv", "id,age\n1,20\n2,30\n3,40\n");
  put(context, "f.csv", "follower,followed\n1,2\n3,2\n");
  const { outputs } = await featurize(context, {
    nodes: { file: "a.csv" },
    edges: { file: "f.csv" },
    features: ["degree"],
  });
  const table = await readFeatureTable(context.home, "graph", outputs.features);
  expect(table).toMatchObject({ stage: "graph", rows: 3, rowsRead: 3 });
  expect(table!.shown.map(({ name }) => name)).toContain("in_degree");
  expect(table!.shown.map(({ name }) => name)).not.toContain("age");
  const { histogram } = table!.shown.find(({ name }) => name === "in_degree")!;
  expect([histogram.least, histogram.largest, histogram.bars.map(({ count }) => count)]).toEqual([0, 2, [2, 0, 1]]);
});
