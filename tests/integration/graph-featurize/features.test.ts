import { readFileSync } from "node:fs";
import path from "node:path";
import { featureNames } from "../../../schemas/stages/graph-featurize.js";
import { graphFeaturize } from "../../../schemas/stages/graph-featurize.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, put, fillSettings } from "../../support/datasets.js";
import { readTableColumns, featurize } from "./support.js";

// Nothing here depends on time; a busy machine must not fail it.

let context: TestContext;
beforeEach(() => {
  context = testContext();
  put(context, "accounts.csv", "id,age,city\na,30,Bern\nb,20,Rome\nc,40,Rome\nd,50,\n");
  put(context, "followers.csv", "follower,followed,weight\na,b,1\nb,a,2\na,c,3\nc,a,1\nb,c,0.5\nd,a,4\n");
});
afterEach(() => context.remove());

const tables = { nodes: { file: "accounts.csv" }, edges: { file: "followers.csv" } };
const weighted = { ...tables, columns: { weight: "weight" } };
const everything = {
  ...weighted,
  features: [...featureNames],
  personalize: ["a"],
  neighbors: [{ attribute: "age" }, { attribute: "city" }],
  dimensions: 3,
};

interface Entry {
  name: string;
  group: string;
  type: string;
  meaning: string;
  formula: string;
  range: string;
  missing: string;
}

test.each([true, false])(
  "every feature has its column and its line in the dictionary, directed: %s",
  async (directed) => {
    const { outputs, metrics, read, csv } = await featurize(context, { ...everything, directed });
    const dictionary = JSON.parse(read("dictionary.json").toString()) as Entry[];
    const names = csv.split("\n")[0]!.split(",");
    expect(dictionary.map(({ name }) => name)).toEqual(names);
    expect(new Set(dictionary.map(({ group }) => group))).toEqual(new Set(["nodes", ...featureNames]));
    for (const entry of dictionary.slice(3))
      expect(Object.values(entry).filter((text) => String(text).trim() === "")).toEqual([]);
    expect(metrics).toMatchObject({ features: names.length - 3, notConverged: 0 });
    expect(read("dictionary.md").toString().split("\n")).toHaveLength(names.length + 5);
    const columns = await readTableColumns(context, outputs.features);
    for (const entry of dictionary.slice(3).filter(({ missing }) => missing === "never"))
      expect([entry.name, columns[entry.name]!.filter((value) => value === undefined)]).toEqual([entry.name, []]);
  },
);

test("docs/guides/graph-features.md names every group and column", async () => {
  const { read } = await featurize(context, everything);
  const text = readFileSync(path.join(__dirname, "../../../docs/guides/graph-features.md"), "utf8");
  const dictionary = JSON.parse(read("dictionary.json").toString()) as Entry[];
  const plain = (name: string) => name.replace(/_\d+$|_city_is_.*$/, "");
  const unnamed = dictionary
    .filter(({ group }) => group !== "nodes")
    .filter(({ name, group }) => !text.includes(`| \`${group}\` | \`${plain(name)}`));
  expect(unnamed).toEqual([]);
});

test("values stand beside their accounts", async () => {
  const { outputs } = await featurize(context, everything);
  const columns = await readTableColumns(context, outputs.features);
  expect(columns).toMatchObject({
    id: ["a", "b", "c", "d"],
    in_degree: ["3", "1", "2", "0"],
    in_strength: ["7", "1", "3.5", "0"],
    strong_component_id: ["0", "0", "0", "1"],
    triangles: ["1", "1", "1", "0"],
  });
  expect(columns).toMatchObject({
    in_age_mean: [String(110 / 3), "30.0", "25.0", undefined].map((x) => x && String(Number(x))),
    out_age_max: ["40", "40", "30", "30"],
    in_city_is_Rome: ["1", "0", "0.5", undefined],
    out_city_is_Bern: ["0", "0.5", "1", "1"],
    reach_2: ["2", "2", "2", "3"],
    reached_by_3: ["3", "3", "3", "0"],
  });
  const personalized = columns["personalized_pagerank"]!.map(Number);
  expect(personalized.reduce((a, b) => a + b)).toBeCloseTo(1, 10);
  expect(personalized[3]).toBe(0);
});

test.each([
  [{ attribute: "city", aggregate: ["mean"] }, /column city/],
  [{ attribute: "nothing" }, /accounts\.csv/],
])("an attribute that cannot be aggregated is refused: %j", async (neighbor, where) => {
  const settings = { ...tables, features: ["neighbors"], neighbors: [neighbor] };
  const failure = await catchFailure(featurize(context, settings));
  expect(failure.code).toBe("DATA_INVALID");
  expect(failure.facts.where).toMatch(where);
});

describe("pairs", () => {
  const settings = { ...tables, features: ["degree"], nodePairs: { file: "pairs.csv" } };
  test("have their own columns, their features and those of both accounts", async () => {
    put(context, "pairs.csv", "source,target,linked\nb,c,true\nd,b,false\na,d,false\n");
    const { outputs, metrics } = await featurize(context, settings);
    expect(metrics).toMatchObject({ nodePairs: 3, unknownNodePairs: 0 });
    expect(await readTableColumns(context, outputs.nodePairs!)).toMatchObject({
      linked: ["true", "false", "false"],
      common_neighbors: ["1", "1", "0"],
      preferential_attachment: ["4", "2", "3"],
      distance: ["1", "2", undefined],
      same_component: ["true", "true", "true"],
      source_age: ["20", "50", "30"],
      target_in_degree: ["2", "1", "0"],
    });
  });
  test("of accounts that are not there are refused, or dropped and counted", async () => {
    put(context, "pairs.csv", "source,target\na,b\na,z\n");
    expect(await catchFailure(featurize(context, settings))).toMatchObject({
      code: "DATA_INVALID",
      facts: { where: "file pairs.csv, row 2" },
    });
    const { metrics } = await featurize(context, { ...settings, unknownNodes: "drop" });
    expect(metrics).toMatchObject({ nodePairs: 1, unknownNodePairs: 1 });
  });
  test("with a column called like a feature are refused", async () => {
    put(context, "pairs.csv", "source,target,jaccard\na,b,1\n");
    expect(await catchFailure(featurize(context, settings))).toMatchObject({
      code: "DATA_INVALID",
      facts: { got: "jaccard" },
    });
  });
});

test("a sample's size and error are reported", async () => {
  const { csv, read } = await featurize(context, { ...tables, features: ["betweenness"], sources: 3 });
  expect(csv.split("\n")[0]).toBe("id,age,city,betweenness,betweenness_error");
  expect(read("dictionary.md").toString()).toContain("estimated from paths of 3 sampled nodes");
  const exact = await featurize(context, { ...tables, features: ["betweenness"], sources: 0 });
  expect(exact.csv.split("\n")[0]).toBe("id,age,city,betweenness");
});

test("an iteration that does not settle fails with its residual, or leaves its columns empty", async () => {
  const hopeless = { ...tables, features: ["pagerank", "eigenvector"], iterations: 2 };
  const failure = await catchFailure(featurize(context, hopeless));
  expect(failure.code).toBe("NOT_CONVERGED");
  expect(failure.facts.got).toMatch(/\d/);
  const { csv, metrics } = await featurize(context, { ...hopeless, notConverged: "missing" });
  expect(metrics).toMatchObject({ notConverged: 2, features: 2 });
  expect(csv).toContain("\na,30,Bern,,\n");
  expect(context.logged.join("\n")).toContain("pagerank has no values");
});

test("an account to start from that is not there is refused, and so is a column called like a feature", async () => {
  const lost = { ...tables, features: ["personalized-pagerank"], personalize: ["a", "z"] };
  expect(await catchFailure(featurize(context, lost))).toMatchObject({
    code: "DATA_INVALID",
    facts: { where: "with.personalize[1]" },
  });
  put(context, "accounts.csv", "id,Degree\na,1\nb,2\nc,3\nd,4\n");
  expect(await catchFailure(featurize(context, { ...tables, features: ["degree"] }))).toMatchObject({
    code: "DATA_INVALID",
    facts: { got: "Degree" },
  });
});

test.each([
  [{ ...tables, nodes: {} }, ["nodes"], "MISSING_KEY"],
  [{ ...tables, edges: { file: "a", package: "b" } }, ["edges"], "NOT_ALLOWED"],
  [{ ...tables, edges: { package: "b" } }, ["edges"], "MISSING_KEY"],
  [{ ...tables, edges: { file: "a", sha256: "0".repeat(64) } }, ["edges", "sha256"], "NOT_ALLOWED"],
  [{ ...tables, edges: { file: "a", path: "b" } }, ["edges", "path"], "NOT_ALLOWED"],
  [{ ...tables, features: ["personalized-pagerank"] }, ["personalize"], "MISSING_KEY"],
  [{ ...tables, personalize: ["a"] }, ["personalize"], "NOT_ALLOWED"],
  [{ ...tables, features: ["strength"] }, ["columns"], "MISSING_KEY"],
  [{ ...tables, features: ["neighbors"] }, ["neighbors"], "MISSING_KEY"],
  [{ ...tables, neighbors: [{ attribute: "age" }] }, ["neighbors"], "NOT_ALLOWED"],
  [{ ...tables, paths: "weights" }, ["columns"], "MISSING_KEY"],
  [everything, undefined, undefined],
])("the rules' verdict on %j", (settings, at, code) => {
  const filled = fillSettings("graph-featurize", settings);
  const [problem] = graphFeaturize.rules.flatMap(({ check }) => check(filled) ?? []);
  expect(problem?.at).toEqual(at);
  expect(problem?.code).toBe(code);
});

describe("the dictionary's word on missing values", () => {
  const graphs: [string, string, string, object][] = [
    ["one node without edges", "a,1,x\n", "a,a,1\n", {}],
    ["one node with a loop", "a,1,x\n", "a,a,1\n", { selfLoops: "keep" }],
    ["two nodes, one edge", "a,1,x\nb,2,y\n", "a,b,1\n", {}],
    ["two nodes without edges", "a,1,x\nb,2,y\n", "b,b,1\n", {}],
    ["weights of 0", "a,1,x\nb,2,y\nc,3,x\n", "a,b,0\nb,c,0\nc,a,0\n", {}],
    ["a circle and a node apart", "a,1,x\nb,2,y\nc,3,x\nd,4,y\n", "a,b,1\nb,c,1\nc,a,1\n", {}],
    ["loops on every node", "a,1,x\nb,2,y\n", "a,a,1\nb,b,1\na,b,1\n", { selfLoops: "keep" }],
    ["a sample of one", "a,1,x\nb,2,y\nc,3,x\n", "a,b,1\nb,c,1\n", { sources: 1 }],
    ["a sample of two", "a,1,x\nb,2,y\nc,3,x\n", "a,b,1\nb,c,1\n", { sources: 2 }],
  ];
  test.each(graphs.flatMap((graph) => [[...graph, true] as const, [...graph, false] as const]))(
    "%s",
    async (_, rows, edges, settings, directed) => {
      put(context, "accounts.csv", `id,age,city\n${rows}`);
      put(context, "followers.csv", `follower,followed,weight\n${edges}`);
      const all = { ...everything, ...settings, directed, iterations: 200, notConverged: "missing" };
      const { outputs, read } = await featurize(context, all);
      const columns = await readTableColumns(context, outputs.features);
      const dictionary = JSON.parse(read("dictionary.json").toString()) as Entry[];
      const odd = (value: string | undefined) => value === undefined || !Number.isFinite(Number(value));
      for (const { name, missing, group } of dictionary.filter((entry) => entry.group !== "nodes")) {
        if (missing === "never") expect([name, columns[name]!.filter(odd)]).toEqual([name, []]);
        if (missing.startsWith("everywhere"))
          expect([group, columns[name]!.every((value) => value === undefined)]).toEqual([group, true]);
      }
    },
  );

  test("a group that did not settle has no values anywhere", async () => {
    const hopeless = { ...tables, features: ["pagerank", "degree"], iterations: 2, notConverged: "missing" };
    const { read } = await featurize(context, hopeless);
    const dictionary = JSON.parse(read("dictionary.json").toString()) as Entry[];
    const missingOf = (name: string) => dictionary.find((entry) => entry.name === name)!.missing;
    expect(missingOf("pagerank")).toBe("everywhere: the iteration did not converge");
    expect(missingOf("in_degree")).toBe("never");
    expect(read("dictionary.md").toString()).toContain("everywhere: the iteration did not converge");
  });
});

test("reciprocity with loops is what its formula says", async () => {
  const edges = ["a,a", "a,b", "b,a", "b,c", "c,c", "c,d"];
  put(context, "followers.csv", `follower,followed\n${edges.join("\n")}\n`);
  const loops = { ...tables, features: ["degree", "reciprocity"], selfLoops: "keep" };
  const { outputs, read } = await featurize(context, loops);
  const dictionary = JSON.parse(read("dictionary.json").toString()) as Entry[];
  expect(dictionary.at(-1)!.formula).toBe(
    "2 b / (in_degree + out_degree), with b neighbors in both directions; a self-loop is one of them",
  );
  const { reciprocity, in_degree: into, out_degree: out } = await readTableColumns(context, outputs.features);
  const both = ["a", "b", "c", "d"].map((v) => {
    return ["a", "b", "c", "d"].filter((w) => edges.includes(`${v},${w}`) && edges.includes(`${w},${v}`)).length;
  });
  both.forEach((b, i) => expect(Number(reciprocity![i])).toBe((2 * b) / (Number(into![i]) + Number(out![i]))));
});
