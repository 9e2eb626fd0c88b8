/**
 * `npm run bench -- commands`: how long commands take as whole processes, in times of `node -e 0`
 * in the same rounds, and the memory of an installation that waits for work. With a commit (`npm
 * run bench -- commands 591e9b7`), that memory beside the commit's, which is built as
 * `bench against` does.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { compilePipeline } from "../compiler/compile.js";
import { cacheDirectory, packageRoot } from "../platform/program/locations.js";
import { saveRecord } from "../store/records/runs.js";
import { builtDirectory, theirSide } from "./against/side.js";
import { median, quartiles, report, row, takeTurns, type Row } from "./harness.js";
import { residentMemory } from "./support/process-memory.js";

const rounds = 15;
const listedRuns = 600;
const stage = "  text: { uses: dataset, with: { source: { text: hello } } }\n";

const mainIn = (root: string): string => path.join(root, "dist", "cli", "main.js");

const homeIn = (project: string): string => path.join(project, ".pawl");

/** Runs Node.js to its end in a project; seconds. */
function seconds(project: string, ...args: string[]): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: project,
    encoding: "utf8",
    env: { ...process.env, PAWL_HOME: homeIn(project), CI: "1" },
  });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}: ${stderr}`);
  return (performance.now() - began) / 1000;
}

async function recordRuns(project: string): Promise<void> {
  const { plan } = await compilePipeline({ text: `name: listed\nstages:\n${stage}` });
  for (let i = 0; i < listedRuns; i++) {
    const startedAt = new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString();
    const state = { pipeline: "listed", status: "succeeded" as const, plan, stages: [], outputs: {} };
    await saveRecord(homeIn(project), { runId: `listed-${i}`, ...state, startedAt, endedAt: startedAt });
  }
}

/** Rows of commands that take turns with `node -e 0`. */
async function rowsOf(
  project: string,
  commands: Record<string, { args: string[]; atLeast: number; aim: number }>,
): Promise<Row[]> {
  const main = mainIn(packageRoot());
  const run = ({ args }: { args: string[] }) => [seconds(project, main, ...args)];
  for (const command of Object.values(commands)) run(command);
  const contestants = Object.entries(commands).map(([what, command]) => [what, () => run(command)] as const);
  const took = await takeTurns(rounds, {
    node: () => [seconds(project, "-e", "0")],
    ...Object.fromEntries(contestants),
  });
  const node = took["node"];
  return Object.entries(commands).map(([what, { atLeast, aim }]) => {
    const values = (took as Record<string, number[]>)[what]!;
    return row({
      what: `${what}, whole process; peer: node -e 0`,
      unit: "s",
      ours: median(values),
      peer: median(node),
      spread: { ours: quartiles(values), peer: quartiles(node) },
      ...{ bounds: "ratio", better: "lower", atLeast, aim },
    });
  });
}

/**
 * Memory of `pawl up` with two CPU workers and its server, once a run has ended: shared pages by
 * share, MB.
 */
async function idleMemory(root: string): Promise<number> {
  const project = mkdtempSync(path.join(os.tmpdir(), "pawl-bench-"));
  const main = mainIn(root);
  try {
    writeFileSync(path.join(project, "quick.yaml"), `name: quick\nstages:\n${stage}`);
    const env = { ...process.env, PAWL_HOME: homeIn(project) };
    const up = spawn(process.execPath, [main, "up", "--processes", "2"], { env, stdio: ["ignore", "pipe", "inherit"] });
    await once(up.stdout, "data");
    seconds(project, main, "run", "quick.yaml");
    const record = JSON.parse(readFileSync(path.join(homeIn(project), "up.json"), "utf8")) as {
      server: { pid: number };
    };
    const pids = new Set([up.pid!, record.server.pid, ...childrenOf(up.pid!)]);
    return [...pids].reduce((sum, pid) => sum + residentMemory(pid).proportional, 0) / 1e6;
  } finally {
    seconds(project, main, "up", "--stop");
    rmSync(project, { recursive: true, force: true });
  }
}

function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return children === "" ? [] : children.split(" ").map(Number);
}

async function memoryRow(commit: string | undefined): Promise<Row> {
  const theirs =
    commit === undefined
      ? undefined
      : await builtDirectory(
          packageRoot(),
          theirSide(packageRoot(), commit),
          path.join(cacheDirectory(), "against"),
          new AbortController().signal,
        );
  const took = await takeTurns(3, {
    ours: async () => [await idleMemory(packageRoot())],
    theirs: async () => (theirs === undefined ? [] : [await idleMemory(theirs)]),
  });
  return row({
    what: `an installation that waits for work${commit === undefined ? "" : `; peer: ${commit}`}`,
    unit: "MB",
    ours: median(took.ours),
    ...(theirs !== undefined && { peer: median(took.theirs) }),
    ...{ bounds: "ratio", better: "lower", atLeast: 0.7, aim: 0.5 },
  });
}

const project = mkdtempSync(path.join(os.tmpdir(), "pawl-bench-"));
const rows: Row[] = [];
try {
  await recordRuns(project);
  rows.push(
    ...(await rowsOf(project, {
      "pawl --version": { args: ["--version"], atLeast: 2, aim: 1.3 },
      "pawl validate tiny": { args: ["validate", "tiny"], atLeast: 3.5, aim: 2 },
      [`pawl list of ${listedRuns} runs`]: { args: ["list", "--limit", `${listedRuns}`], atLeast: 5, aim: 3 },
    })),
    ...(await rowsOf(project, {
      "pawl run tiny on a warm server, all from the cache": { args: ["run", "tiny"], atLeast: 14, aim: 8 },
    })),
    await memoryRow(process.argv[2]),
  );
} finally {
  seconds(project, mainIn(packageRoot()), "up", "--stop");
  rmSync(project, { recursive: true, force: true });
}
report("commands", rows);
