import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { PlannedWork } from "../../../api/forecasting/expected-work.js";
import { Shell } from "./shell.js";

const here = new Shell();
const there = new Shell();

/** The first stage reads a file of the project. */
const poems = (text = "two"): string => `inputs:
  word: { type: string, default: ${text} }
stages:
  first:
    uses: command
    with: { shell: true, run: 'cat words.txt > "$PAWL_OUTPUTS/a"', files: [words.txt], outputs: { a: files } }
  second:
    uses: command
    with:
      shell: true
      run: 'cat "$PAWL_INPUTS/a/a" > "$PAWL_OUTPUTS/b"; echo "$WORD" >> "$PAWL_OUTPUTS/b"'
      env: { WORD: "\${{ inputs.word }}" }
      inputs: { a: "\${{ stages.first.outputs.a }}" }
      outputs: { b: files }
outputs: { poem: "\${{ stages.second.outputs.b }}" }
`;
/** Prints an artifact of the store that no stage of it has made. */
const literal = `inputs:
  digest: { type: string }
stages:
  show:
    uses: command
    with:
      shell: true
      run: 'cat "$PAWL_INPUTS/b/b"; cp "$PAWL_INPUTS/b/b" "$PAWL_OUTPUTS/c"'
      inputs: { b: { artifact: files, digest: "\${{ inputs.digest }}" } }
      outputs: { c: files }
    retry: { maxAttempts: 1 }
`;
for (const shell of [here, there]) {
  shell.pipeline("poems", poems());
  shell.pipeline("literal", literal);
  writeFileSync(path.join(shell.directory, "words.txt"), "one\n");
}

interface Moved {
  file: string;
  artifacts: { digest: string }[];
  results: string[];
}
const end = (events: unknown[]) => {
  const { status, stages = [] } = events.at(-1) as { status?: string; stages?: { id: string; status: string }[] };
  return [status, ...stages.map((stage) => `${stage.id} ${stage.status}`)].join(", ");
};
let digest = "";

test("a run goes to another machine as one file: there it comes from the cache, is forked, and its artifacts are named", async () => {
  expect((await here.pawl("run", "poems", "--id", "poems-1")).code).toBe(0);
  const [exported] = await here.json<Moved>("export", "poems-1", "--all");
  expect(exported).toMatchObject({ file: path.join(here.directory, "poems-1.pawl.tar.gz"), all: true });
  copyFileSync(exported!.file, path.join(there.directory, "run.tar.gz"));
  const [imported] = await there.json<Moved>("import", "run.tar.gz");
  expect(imported).toMatchObject({ run: "poems-1", artifacts: exported!.artifacts, results: exported!.results });
  expect((await there.json("status", "poems-1"))[0]).toMatchObject({ status: "succeeded" });

  expect(end(await there.json("run", "poems", "--id", "poems-2"))).toBe("succeeded, first cached, second cached");
  const [, ...events] = await there.json("fork", "poems-1", "-i", "word=three", "--id", "poems-3");
  expect(end(events)).toBe("succeeded, first cached, second succeeded");

  const poem = await there.json<{ digest: string }>("inspect", "poems-1/second/b");
  digest = poem[0]!.digest;
  expect(exported!.artifacts.map((artifact) => artifact.digest)).toContain(digest);
  expect(end(await there.json("run", "literal", "-i", `digest=${digest}`, "--id", "literal-1"))).toBe(
    "succeeded, show succeeded",
  );
  expect((await there.pawl("logs", "literal-1", "show", "--output")).out).toBe("one\ntwo\n");
  const missing = await there.json("run", "literal", "-i", `digest=${"0".repeat(64)}`).catch(String);
  expect(missing).toContain("ARTIFACT_MISSING");
});

test("a removal keeps the imported run, and what a definition names", async () => {
  const { out, code } = await there.pawl("gc", "--dry-run");
  expect(out).toMatch(/^kind .*\nruns +kept +\d+ /);
  expect(out).toContain("bytes would be freed\n  next: the same without --dry-run");
  expect(code).toBe(0);
  const [report] = await there.json<{ rows: { kind: string; removed: boolean }[]; runs: string[] }>("gc");
  expect(report!.rows.filter(({ removed }) => removed)).toEqual([]);
  expect((await there.pawl("inspect", digest)).code).toBe(0);
  expect((await there.pawl("gc", "--keep", "3")).note).toContain("--keep needs --older");
  expect(await there.pawl("gc", "--older", "5m")).toMatchObject({
    code: 2,
    note: expect.stringContaining("at least 1h"),
  });
});

test("the runs of child pipelines come along: nothing has to run again", async () => {
  const inputs = "{ word: eleven }";
  const outer = `stages:\n  inner: { uses: ./pipelines/poems.yaml, with: ${inputs} }\n`;
  for (const shell of [here, there]) shell.pipeline("outer", outer);
  expect((await here.pawl("run", "outer", "--id", "outer-1")).code).toBe(0);
  const [exported] = await here.json<Moved>("export", "outer-1", "--all");
  expect(exported).toMatchObject({ children: ["outer-1.inner"] });
  expect((await there.pawl("import", exported!.file)).out).toContain("child pipelines: outer-1.inner");
  expect((await there.pawl("run", "outer", "--id", "outer-2")).code).toBe(0);
  expect((await there.json("status", "outer-2.inner"))[0]).toMatchObject({
    status: "succeeded",
    stages: [{ status: "cached" }, { status: "cached" }],
  });
});

test("a plan against a run says what it would reuse, and of the rest which field or file differs", async () => {
  const against = async (...args: string[]) =>
    (await there.json<PlannedWork>("plan", "poems", "--against", "poems-1", ...args))[0]!.stages.map(
      ({ stage, verdict, reasons }) =>
        `${stage} ${verdict}: ${reasons.join("; ").replace(/, (just|\d).*? (now|ago)/, "")}`,
    );
  expect(await against()).toEqual(["first reused: result of poems-1", "second reused: result of poems-1"]);
  expect((await against("-i", "word=four"))[1]).toBe('second will run: with.env.WORD is now "four", was "two"');
  expect((await there.pawl("plan", "poems", "--against", "poems-1")).out).toContain(
    "0 of 2 stages would run, 2 reuse results of poems-1\n  next: pawl run pipelines/poems.yaml",
  );
  writeFileSync(path.join(there.directory, "words.txt"), "ones\n");
  expect(await against()).toEqual([
    "first will run: its source has changed: with.files[0]",
    "second will run: first will run",
  ]);
  expect((await there.pawl("plan", "poems", "--against", "poems-9")).note).toContain("there is no run poems-9");
});

test("a file that exists is not replaced, a changed one not imported, and a run under way not exported", async () => {
  const again = await here.pawl("export", "poems-1");
  expect(again.note).toContain("the file exists, and an export replaces no file");
  const file = path.join(there.directory, "run.tar.gz");
  writeFileSync(file, readFileSync(file).subarray(0, 900));
  const cut = await there.pawl("import", "run.tar.gz", "--id", "cut");
  expect([cut.code, cut.note]).toEqual([1, expect.stringContaining("RUN_FILE_INVALID · next: copy it again")]);
  here.pipeline(
    "parks",
    "stages:\n  data:\n    uses: dataset\n    with: { source: { file: absent.txt } }\n    onFailure: park\n",
  );
  const run = await here.detached("parks");
  // Before the run has begun, the store does not know it.
  const watching = here.start(["watch", run]);
  await watching.printed(/data {2}parked/);
  watching.kill("SIGINT");
  await watching.ended;
  expect((await here.pawl("export", run)).note).toContain(`run ${run} cannot be exported: it has not ended`);
  await here.pawl("cancel", run);
});

test("`open` prints the run's address where there is no display", async () => {
  const without = { environment: { DISPLAY: "", WAYLAND_DISPLAY: "" } };
  const { out, code } = await here.start(["open", "poems-1"], without).ended;
  expect(out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/namespaces\/[\w-]+\/workflows\/poems-1\n$/);
  expect(code).toBe(0);
  expect(await here.json("open", "poems-1", "--print")).toEqual([
    { run: "poems-1", address: out.trimEnd(), opened: false },
  ]);
  expect((await here.pawl("open", "poems-9")).note).toMatch(/there is no run poems-9\n.*RUN_NOT_FOUND/);
});

test("a fork of a run whose store no longer exists says so", async () => {
  const [store, runs] = ["store", "runs"].map((name) => path.join(here.home, name));
  renameSync(runs!, `${runs}-away`);
  renameSync(store!, `${store}-away`);
  const forked = await here.pawl("fork", "poems-1", "-i", "word=five");
  expect(forked.note).toContain("run poems-1 cannot be forked: its definition is not in the store");
  expect(forked.note).toContain("RUN_NOT_RESUMABLE");
  expect(existsSync(path.join(runs!, "poems-1"))).toBe(false);
});
