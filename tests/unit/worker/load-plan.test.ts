import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findDefinition, findRecord } from "../../../store/index.js";
import { loadPlan } from "../../../worker/load-plan.js";
import { useFolder } from "../../support/folder.js";

const folder = useFolder();
const definition = "name: one\nstages:\n  a: { uses: dataset, with: { source: { text: hello } } }\n";
const load = (request: Parameters<typeof loadPlan>[2]) => {
  const workingFolder = path.join(folder(), "work");
  mkdirSync(path.join(workingFolder, "pipelines"), { recursive: true });
  writeFileSync(path.join(workingFolder, "pipelines", "one.yaml"), definition);
  writeFileSync(path.join(folder(), "secret.yaml"), definition);
  return loadPlan({ home: path.join(folder(), "home"), workingFolder }, "run", request);
};

describe("the definition of a run", () => {
  it.each(["one", "pipelines/one.yaml", "./pipelines/../pipelines/one.yaml"])("is found as %s", async (pipeline) => {
    expect(await load({ pipeline })).toMatchObject({ name: "one", file: "pipelines/one.yaml" });
  });
  it("may stand in the request; the store keeps a copy, and when the run began", async () => {
    const plan = await load({ definition });
    expect(plan.stages.map(({ id }) => id)).toEqual(["a"]);
    expect(await findDefinition(path.join(folder(), "home"), "run")).toBe(definition);
    const first = await findRecord(path.join(folder(), "home"), "run");
    expect(first?.status).toBe("running");
    await load({ plan });
    expect(await findDefinition(path.join(folder(), "home"), "run")).toBe(definition);
    expect((await findRecord(path.join(folder(), "home"), "run"))?.startedAt).toBe(first?.startedAt);
  });
  it.each(["../secret.yaml", "pipelines/../../secret.yaml", "/etc/hostname"])(
    "is not read from %s",
    async (pipeline) => {
      await expect(load({ pipeline })).rejects.toMatchObject({ code: "PATH_TRAVERSAL" });
    },
  );
  it("that is not there is told with the nearest name", async () => {
    await expect(load({ pipeline: "onne" })).rejects.toMatchObject({
      code: "PIPELINE_NOT_FOUND",
      facts: { where: "pipelines/onne.yaml", expected: "one of one", next: "write one" },
    });
  });
  it.each([undefined, null, {}, { pipeline: "one", definition }, { pipeline: 1 }, { definition, inputs: [] }])(
    "cannot be told from %j",
    async (request) => {
      await expect(load(request as never)).rejects.toMatchObject({ code: "INPUT_INVALID" });
    },
  );
  it("has the files of its queries checked below the worker's folder", async () => {
    const query = "{ file: sql/a.sql, parameters: { fewest: 1 } }";
    const queried = definition.replace("hello }", `hello }, query: ${query}`);
    await expect(load({ definition: queried })).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
      errors: [{ file: "definition", line: 3, column: 71 }],
    });
    mkdirSync(path.join(folder(), "work/sql"));
    writeFileSync(path.join(folder(), "work/sql/a.sql"), "SELECT line AS text FROM data LIMIT $least");
    await expect(load({ definition: queried })).rejects.toMatchObject({
      errors: [{ code: "MISSING_KEY" }, { code: "UNKNOWN_KEY" }],
    });
    writeFileSync(path.join(folder(), "work/sql/a.sql"), "SELECT line AS text FROM data LIMIT $fewest");
    expect((await load({ definition: queried })).stages).toHaveLength(1);
  });
  it("that is too large for history is refused", async () => {
    const text = "x".repeat(300_000);
    const stage = (id: string) => `  ${id}: { uses: dataset, with: { source: { text: "${text}" } } }\n`;
    await expect(load({ definition: `name: big\nstages:\n${stage("a")}${stage("b")}` })).rejects.toMatchObject({
      code: "PLAN_TOO_LARGE",
    });
  });
});
