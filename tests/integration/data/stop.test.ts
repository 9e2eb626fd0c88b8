import { holdOutLinks } from "../../../activities/hold-out-links.js";
import { openTable, type OpenTable } from "../../../activities/tables/open.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { put, runDataset, fillSettings } from "../../support/datasets.js";

let context: TestContext;
beforeEach(() => {
  context = testContext();
  put(context, "one.csv", "word\nhello\n");
});
afterEach(() => context.remove());

const stop = new Error("stop");
const file = "one.csv";
const query = (last: number) => `SELECT word || range AS text FROM data, range(${last})`;
const open = (sql: string): Promise<OpenTable> => openTable({ file, format: "auto", query: sql }, "with.data", context);

describe("a reading that is stopped gives no rows as if they were all", () => {
  test.each([0, 1, 7])("while DuckDB makes rows, after %i chunks", async (chunks) => {
    const table = await open(query(300_000));
    const rows = table.chunks(["text"]);
    for (let i = 0; i < chunks; i++) await rows.next();
    const pending = rows.next();
    context.abort(stop);
    await expect(pending).rejects.toBe(stop);
    await table.close();
  });

  test("between rows", async () => {
    const table = await open(query(300_000));
    const read = async () => {
      let chunks = 0;
      for await (const _ of table.chunks(["text"])) if (++chunks === 3) context.abort(stop);
    };
    await expect(read()).rejects.toBe(stop);
    await table.close();
  });

  test("behind the last row", async () => {
    const table = await open(query(10));
    const rows = table.chunks(["text"]);
    expect((await rows.next()).value).toHaveLength(1);
    context.abort(stop);
    await expect(rows.next()).rejects.toBe(stop);
    await table.close();
  });

  test("before it begins", async () => {
    context.abort(stop);
    await expect(open(query(10))).rejects.toBe(stop);
    await expect(runDataset(context, { source: { file }, query: query(10) })).rejects.toBe(stop);
  });

  test.each(["dataset", "hold-out-links"])("of the stage %s", async (stage) => {
    context.onProgress = ({ unit, done }) => {
      if (unit === "rows" && done >= 4000) context.abort(stop);
    };
    const ids = "SELECT range AS follower, range + 1 AS followed FROM data, range(300000)";
    const edges = { file, query: ids };
    const work =
      stage === "dataset"
        ? runDataset(context, { source: { file }, query: query(300_000) })
        : holdOutLinks(fillSettings("hold-out-links", { edges }), context);
    await expect(work).rejects.toBe(stop);
  });
});
