// A stage of one's own: keeps the first of rows that are alike. uses: ./stages/distinct.ts
import { createHash } from "node:crypto";
import { Artifact, defineStage, metric, readRows, Type, writeRows, type DatasetRow } from "pawl";

export default defineStage({
  summary: "keeps the first of rows that are alike, whatever their case and spaces",
  with: Type.Object({ data: Artifact("dataset", "rows of any kind") }),
  outputs: Type.Object({ distinct: Artifact("dataset", "the rows that are left") }),
  metrics: { rows: metric("rows", "rows that are left"), removed: metric("rows", "rows left out") },
  async run({ data }, context) {
    const seen = new Set<string>();
    let read = 0;
    const source = await context.openArtifact(data);
    async function* kept(): AsyncGenerator<DatasetRow> {
      for await (const row of readRows(source)) {
        if ((read += 1) % 1000 === 0) await context.yield();
        const digest = rowDigest(row);
        if (seen.has(digest)) continue;
        seen.add(digest);
        yield row;
      }
    }
    const distinct = await context.putArtifact("dataset", (directory) => writeRows(directory, kept()));
    return { outputs: { distinct }, metrics: { rows: seen.size, removed: read - seen.size } };
  },
});

function rowDigest(row: DatasetRow): string {
  const text = JSON.stringify(Object.values(row)).toLowerCase().replace(/\s+/g, " ");
  return createHash("sha256").update(text).digest("base64");
}
