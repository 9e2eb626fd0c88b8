import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { PlannedWork } from "../../../../api/forecasting/expected-work.js";
import { shell } from "./shell.js";

/** `second` reads a file of the project; `third` fails. */
const chain = (last: string): string => `inputs:
  word: { type: string, default: two }
stages:
  first:
    uses: command
    with: { shell: true, run: 'echo one > "$PAWL_OUTPUTS/a"', outputs: { a: files } }
  second:
    uses: command
    cache: false
    with:
      shell: true
      run: 'cat "$PAWL_INPUTS/a/a" > "$PAWL_OUTPUTS/b"; echo "$WORD" >> "$PAWL_OUTPUTS/b"; echo "made $WORD"'
      env: { WORD: "\${{ inputs.word }}" }
      inputs: { a: "\${{ stages.first.outputs.a }}" }
      outputs: { b: files }
  third:
    uses: command
    with: { shell: true, run: '${last}', inputs: { b: "\${{ stages.second.outputs.b }}" }, outputs: { c: files } }
    retry: { maxAttempts: 1 }
`;
const works = 'cat "$PAWL_INPUTS/b/b" > "$PAWL_OUTPUTS/c"';
shell.pipeline("chain", chain("exit 1"));

interface End {
  event?: string;
  status?: string;
  stages?: { id: string; status: string }[];
}

/** Forks, and returns what was planned and how the fork ended. */
async function fork(...args: string[]) {
  const [planned, ...events] = await shell.json<unknown>("fork", "chain-1", ...args);
  const verdicts = (planned as PlannedWork).stages.map(({ stage, verdict }) => `${stage} ${verdict}`);
  const end = events.at(-1) as End;
  return { verdicts, status: end.status, stages: (end.stages ?? []).map(({ id, status }) => `${id} ${status}`) };
}

test("a fork runs what its edit reaches, and takes over the rest, also what no cache holds", async () => {
  expect((await shell.pawl("run", "chain", "--id", "chain-1")).code).toBe(1);
  expect(await fork("--set", `stages.third.with.run=${works}`, "--id", "chain-3")).toEqual({
    verdicts: ["first kept", "second kept", "third will run"],
    status: "succeeded",
    stages: ["first cached", "second cached", "third succeeded"],
  });
  writeFileSync(path.join(shell.directory, "pipelines", "chain.yaml"), `name: chain\n${chain(works)}`);
  expect(await fork("--file", "pipelines/chain.yaml", "-i", "word=three", "--id", "chain-2")).toEqual({
    verdicts: ["first kept", "second will run", "third will run"],
    status: "succeeded",
    stages: ["first cached", "second succeeded", "third succeeded"],
  });
  const { out } = await shell.pawl("diff", "chain-1", "chain-2");
  expect(out).toMatch(/^chain-2 beside chain-1\n {2}inputs.word is now "three", was "two"\n\nequal: first\n/);
  expect(out).toMatch(
    /\nsecond\n {2}with.env.WORD is now "three", was "two"\n.*\n {2}b {2}[0-9a-f]{12} {2}[0-9a-f]{12}\n/,
  );
  expect(out).toContain(`\nthird\n  with.run is now ${JSON.stringify(works)}, was "exit 1"\n`);
  expect(out).toMatch(/\nthird\n.*\n.*\n {2}status {2}failed +succeeded\n/);
  expect(await fork("--only", "second", "--from", "first", "--id", "chain-4")).toEqual({
    verdicts: ["first will run", "second will run"],
    status: "succeeded",
    stages: ["first succeeded", "second succeeded"],
  });
  const resumed = await shell.pawl("resume", "chain-1");
  expect(resumed.note).toContain("pipelines/chain.yaml has changed since; the run resumes with its own copy");
  expect(resumed.note).toContain("pawl fork chain-1 --file pipelines/chain.yaml");
  expect(resumed.note).toContain(`ignored: stages.third.with.run is now ${JSON.stringify(works)}, was "exit 1"`);
});

/**
 * `long` saves a checkpoint and works until it is stopped; what resumes from the checkpoint ends.
 */
const underWay = (last: string): string => `stages:
  long:
    uses: command
    with:
      shell: true
      run: |
        if [ -n "$PAWL_RESUME" ]; then cp "$PAWL_RESUME/part" "$PAWL_OUTPUTS/a"; exit; fi
        mkdir "$PAWL_CHECKPOINT_DIR/tmp"
        echo half > "$PAWL_CHECKPOINT_DIR/tmp/part"
        mv "$PAWL_CHECKPOINT_DIR/tmp" "$PAWL_CHECKPOINT_DIR/7"
        exec tail -f /dev/null
      outputs: { a: files }
  last:
    uses: command
    with: { shell: true, run: '${last}', inputs: { a: "\${{ stages.long.outputs.a }}" }, outputs: { b: files } }
`;

test("a fork of a run under way takes along the checkpoint of the stage that its edit does not reach", async () => {
  shell.pipeline("lengthy", underWay("exit 1"));
  await shell.detached("lengthy", "--id", "lengthy-1");
  const watch = shell.start(["watch", "lengthy-1"]);
  await watch.printed(/long/);
  const log = shell.start(["logs", "lengthy-1", "long", "--follow"]);
  await log.printed(/checkpoint/);
  const [planned] = await shell.json<PlannedWork>(
    ...["fork", "lengthy-1", "--set", 'stages.last.with.run=cat "$PAWL_INPUTS/a/a" > "$PAWL_OUTPUTS/b"'],
    ...["--id", "lengthy-2", "--detach"],
  );
  expect(planned!.stages.map(({ stage, verdict }) => `${stage} ${verdict}`)).toEqual([
    "long will run",
    "last will run",
  ]);
  expect((await shell.json<{ status: string }>("status", "lengthy-1"))[0]).toMatchObject({ status: "running" });
  expect((await shell.pawl("cancel", "lengthy-1")).code).toBe(0);
  await Promise.all([log.ended, watch.ended]);
  expect((await shell.pawl("watch", "lengthy-2")).code).toBe(0);
  expect((await shell.pawl("logs", "lengthy-2", "long")).out).toMatch(/resumes from its checkpoint.*7/);
  const [output] = await shell.json<{ directory: string }>("inspect", "lengthy-2/last/b");
  expect(readFileSync(path.join(output!.directory, "files", "b"), "utf8")).toBe("half\n");
});

test("what a program printed is at hand, and it is said where there is none", async () => {
  expect(await shell.pawl("logs", "chain-2", "second", "--output")).toMatchObject({
    code: 0,
    out: "made three\n",
  });
  expect((await shell.pawl("logs", "chain-2", "--output")).note).toContain("--output needs a stage");
  const kept = await shell.pawl("logs", "chain-2", "first", "--output");
  expect(kept.note).toContain("no program of first has run in chain-2");
});

test("a dry run starts nothing, and mistakes are located", async () => {
  const before = (await shell.pawl("list", "--json")).out;
  const planned = await shell.pawl("fork", "chain-1", "--dry-run");
  expect(planned.out).toMatch(/1 of 3 stages would run\nabout .* of work \(.*\)\n {2}next: the same without --dry-run/);
  const [{ stages, work }] = (await shell.json<PlannedWork>("fork", "chain-1", "--dry-run")) as [PlannedWork];
  expect(stages.map(({ verdict }) => verdict)).toEqual(["kept", "kept", "will run"]);
  expect(work).toMatchObject({ unknown: 0, runs: expect.any(Number), ms: { usual: work!.longestMs } });
  expect((await shell.pawl("fork", "chain-1", "--set", "stages.thrid.with.run=x")).note).toContain("next: write third");
  const wrong = await shell.pawl("fork", "chain-1", "--set", "stages.third.with.runn=x");
  expect(wrong.note).toMatch(/pipelines\/chain.yaml as edited:\d+:\d+ {2}stages.third \(command\): with.runn is not/);
  expect((await shell.pawl("fork", "chain-5")).note).toMatch(/did you mean chain-[1-4]\?/);
  expect((await shell.pawl("fork", "chain-1", "--id", "chain-1")).note).toContain("run chain-1 already exists");
  expect((await shell.pawl("list", "--json")).out).toBe(before);
});
