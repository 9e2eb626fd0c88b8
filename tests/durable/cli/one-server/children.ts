import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { PlannedWork } from "../../../../api/forecasting/expected-work.js";
import { shell } from "./shell.js";

const echo = (id: string, run: string, more = ""): string =>
  `  ${id}:\n    uses: command\n    with: { shell: true, run: '${run}', outputs: { a: files } }\n    retry: { maxAttempts: 1 }\n${more}`;
const child = (last: string): string =>
  `inputs: { word: { type: string, default: one } }
stages:
${echo("first", 'echo one > "$PAWL_OUTPUTS/a"')}  ask:
    uses: approve
    with: { message: "Continue with \${{ inputs.word }}?" }
${echo("last", last, "    needs: [first, ask]\n")}outputs:
  last: \${{ stages.last.outputs.a }}
  word: \${{ inputs.word }}
`;
const works = 'echo two > "$PAWL_OUTPUTS/a"';
shell.pipeline("child", child("exit 64"));
shell.pipeline(
  "parent",
  `include: { own: ./parts/group.yaml }
stages:
  child:
    uses: ./pipelines/child.yaml
    needs: own-start
    with: { word: two }
outputs: { word: "\${{ stages.child.outputs.word }}" }
`,
);
mkdirSync(path.join(shell.directory, "parts"));
writeFileSync(path.join(shell.directory, "parts", "group.yaml"), `stages:\n${echo("start", works)}`);

interface Listed {
  run: string;
  status: string;
  parent?: string;
}

async function approve(run: string): Promise<void> {
  expect(await shell.pawl("approve", run, "--yes")).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^ask: approved/),
  });
}

test("a child is answered, found, resumed and compared by its own id, which the parent's verbs name", async () => {
  const run = shell.start(["run", "parent", "--id", "p"]);
  await run.printed(/child waits in a run of its own: pawl approve p\.child --stage ask/);
  const status = await shell.pawl("status", "p");
  expect(status.out).toMatch(/◆ child +pipeline +ask of its run is waiting/);
  expect(status.out).toContain("child waits in a run of its own: pawl approve p.child --stage ask");
  const refused = await shell.pawl("approve", "p", "--yes");
  expect(refused.note).toContain("STAGE_NOT_WAITING · next: pawl approve p.child --stage ask");
  const list = await shell.json<Listed[]>("list");
  expect(list[0]!.map(({ run: id, status: how }) => `${id} ${how}`)).toEqual(["p waiting"]);
  const all = await shell.json<Listed[]>("list", "--children");
  expect(all[0]!.map(({ run: id, parent }) => [id, parent])).toEqual([
    ["p.child", "p"],
    ["p", undefined],
  ]);
  await approve("p.child");
  const failed = await run.ended;
  expect(failed.code).toBe(1);
  expect(failed.out).toContain("the run p.child failed");
  expect(failed.out).toContain("next: pawl status p.child; once it is corrected: pawl resume p");
  expect((await shell.pawl("logs", "p", "child")).note).toContain("NOT_ALLOWED · next: pawl logs p.child");
  expect((await shell.pawl("logs", "p.child", "first")).out).toContain("finished");

  // The run keeps its own copy of the child, which fails again without asking again.
  shell.pipeline("child", child(works));
  const resumed = await shell.pawl("resume", "p");
  expect(resumed.code).toBe(1);
  expect(resumed.note).toContain("pipelines/child.yaml has changed since");
  const [{ stages }] = (await shell.json<{ stages: { id: string; status: string }[] }>("status", "p.child")) as [
    { stages: { id: string; status: string }[] },
  ];
  expect(stages.map(({ id, status: how }) => `${id} ${how}`)).toEqual([
    "first succeeded",
    "ask succeeded",
    "last failed",
  ]);

  // A fork with the changed file takes over what it does not reach.
  const fork = shell.start(["fork", "p", "--file", "pipelines/parent.yaml", "--id", "q"]);
  await fork.printed(/own-start +command +kept/);
  await fork.printed(/pawl approve q\.child/);
  await approve("q.child");
  expect(await fork.ended).toMatchObject({ code: 0, out: expect.stringMatching(/word +two/) });
  const diff = await shell.pawl("diff", "p", "q");
  expect(diff.out).toContain("the pipeline ./pipelines/child.yaml has changed");
  expect(diff.out).toContain("its stages: pawl diff p.child q.child");
  expect((await shell.pawl("diff", "p.child", "q.child")).out).toMatch(/last/);

  // An edit of an included stage, and of an input of the child.
  const edited = [
    "--set",
    'stages.own-start.with.run=echo three > "$PAWL_OUTPUTS/a"',
    "--set",
    "stages.child.with.word=three",
  ];
  const [dry] = await shell.json<PlannedWork>(...(["fork", "q", "--dry-run", ...edited] as [string, ...string[]]));
  expect(dry!.stages.map(({ stage, verdict }) => `${stage} ${verdict}`)).toEqual([
    "own-start will run",
    "child will run",
  ]);
  expect(dry!.stages[1]!.stages!.map(({ stage, verdict }) => `${stage} ${verdict}`)).toEqual([
    "first cached",
    "ask will run",
    "last cached",
  ]);
});

test("the pipeline that ships: trials of two rates, whose stages come from the cache afterwards", async () => {
  const given = ["--input", "steps=10"];
  const end = (
    await shell.json<{ status?: string; outputs?: { losses: number[] } }>("run", "trials", "--id", "t", ...given)
  ).at(-1)!;
  expect(end.status).toBe("succeeded");
  expect(end.outputs!.losses).toHaveLength(2);
  const [forecast] = await shell.json<PlannedWork>("plan", "trials", ...given);
  expect(
    forecast!.stages.flatMap((one) => [one, ...(one.stages ?? [])]).filter(({ verdict }) => verdict !== "cached"),
  ).toEqual([]);
  const lineage = await shell.pawl("lineage", "t/best/model");
  expect(lineage.out).toMatch(/t\.trial\.[12]/);
});
