import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { PlannedWork } from "../../../../api/forecasting/expected-work.js";
import { shell } from "./shell.js";

/** The example of docs/reference/language.md, smaller. */
shell.pipeline(
  "shards",
  `stages:
  listed:
    uses: command
    with:
      run: |
        printf '{"path": "%s"}\\n' texts/*.txt > "$PAWL_OUTPUTS/shards"
      shell: true
      files: ["texts/*.txt"]
      outputs: { shards: files }
  counted:
    uses: command
    foreach: \${{ stages.listed.outputs.shards }}
    with:
      run: |
        echo "{\\"event\\": \\"metrics\\", \\"metrics\\": {\\"words\\": $(wc -w < "$SHARD")}}" >&"$PAWL_EVENTS"
      shell: true
      env: { SHARD: "\${{ item.path }}" }
      files: ["\${{ item.path }}"]
      metrics: [words]
outputs: { words: "\${{ stages.counted.metrics.words }}" }
`,
);
const text = (name: string, words: string): void => writeFileSync(path.join(shell.directory, "texts", name), words);

test("a stage runs for each file that a program lists, and again only for what is new", async () => {
  mkdirSync(path.join(shell.directory, "texts"));
  text("b.txt", "one two three");
  text("d.txt", "four five");
  const [unknown] = (await shell.json<PlannedWork>("plan", "shards"))[0]!.stages.slice(1);
  expect(unknown).toMatchObject({ verdict: "will run", reasons: [expect.stringContaining("known only at run time")] });

  expect(await shell.pawl("run", "shards", "--id", "first")).toMatchObject({
    code: 0,
    out: expect.stringMatching(/counted\.1.*item \{"path":"texts\/b\.txt"\}, index 0/),
  });
  const [status] = await shell.json<{ outputs: object }>("status", "first");
  expect(status!.outputs).toEqual({ words: [3, 2] });
  expect((await shell.pawl("logs", "first", "counted.2")).code).toBe(0);
  expect((await shell.pawl("logs", "first", "counted.3")).note).toContain("UNKNOWN_REFERENCE");
  const [known] = (await shell.json<PlannedWork>("plan", "shards"))[0]!.stages.slice(1);
  expect(known!.stages!.map(({ stage, verdict }) => [stage, verdict])).toEqual([
    ["counted.1", "cached"],
    ["counted.2", "cached"],
  ]);

  text("c.txt", "six");
  expect((await shell.pawl("run", "shards", "--id", "second")).code).toBe(0);
  const [second] = await shell.json<{ stages: { id: string; status: string }[]; outputs: object }>("status", "second");
  expect(second!.outputs).toEqual({ words: [3, 1, 2] });
  expect(second!.stages.map(({ id, status }) => [id, status])).toEqual([
    ["listed", "succeeded"],
    ["counted.1", "cached"],
    ["counted.2", "succeeded"],
    ["counted.3", "cached"],
  ]);

  const fork = await shell.pawl("fork", "second", "--set", "outputs.first=x", "--dry-run");
  expect(fork).toMatchObject({ code: 0, out: expect.stringMatching(/counted\.3.*kept[^]*0 of 4 stages would run/) });
  expect((await shell.pawl("diff", "first", "second")).out).toContain("counted.3");
});
