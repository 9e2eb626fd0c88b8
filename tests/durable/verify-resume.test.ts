import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { certificateOf, killsByPhase } from "../../verify/certificate.js";
import { verifyEveryCheckpoint } from "../../verify/every-checkpoint.js";
import { writePhases } from "../../verify/phases.js";
import { Rig } from "../../verify/rig.js";
import { verifyResume, type VerifyEvent } from "../../verify/verify-resume.js";
import { useDirectory } from "../support/directory.js";
import { Shell } from "./cli/shell.js";
const directory = useDirectory();
const stageProgram = path.join(import.meta.dirname, "support", "stage-worker.mjs");
const killed = path.join(import.meta.dirname, "support", "kill-points-process.mjs");

function definition([a, b] = [300, 200]): string {
  const file = path.join(directory(), "counting.yaml");
  const program = (steps: number) => JSON.stringify({ steps, stepMs: 10, checkpointEvery: 2 });
  const stage = (id: string, steps: number, more = "") =>
    `  ${id}: { uses: dataset, with: { source: { text: '${program(steps)}' }, query: none }${more} }`;
  writeFileSync(file, ["name: counting", "stages:", stage("a", a), stage("b", b, ", needs: [a]"), ""].join("\n"));
  return file;
}

test("runs that are killed again and again end with the digests of a reference run", async () => {
  const events: VerifyEvent[] = [];
  const options = { file: definition(), kills: 8, seed: 1, stageProgram };
  const report = await verifyResume({ ...options, onProgress: (event) => events.push(event) });
  expect(report).toMatchObject({ equal: true, differences: [], kept: [] });
  const { worker, workflows, server } = report.kills;
  expect(worker + workflows + server).toBe(8);
  expect(Object.keys(report.digests)).toEqual(["a.train", "a.heldOut", "b.train", "b.heldOut"]);
  expect(events.filter(({ what }) => what === "kill")).toHaveLength(8);
});

test("a process that dies at every phase of every write, once each, leaves the digests of a reference run", async () => {
  const file = definition([9, 1]);
  appendFileSync(file, "  brief: { uses: dataset, with: { source: { text: hello } }, needs: [b] }\n");
  const report = await verifyEveryCheckpoint({
    file,
    everySteps: 4,
    programs: { reference: stageProgram, killed },
  });
  expect(report).toMatchObject({ equal: true, differences: [], incomplete: [], kept: [] });
  const places = report.points.map(({ stage, step, artifact, phase }) =>
    [stage, step ?? artifact ?? "", phase].join(" "),
  );
  const of = (stage: string, writes: (number | string)[]) =>
    [...writes.flatMap((write) => writePhases.map((phase) => `${write} ${phase}`)), " returned"].map(
      (place) => `${stage} ${place}`,
    );
  const inWorkers = [...of("a", [4, 8, "dataset 1"]), ...of("b", ["dataset 1"])];
  expect(places.slice(0, inWorkers.length)).toEqual(inWorkers);
  // The brief stage's two artifacts are written side by side.
  expect(places.slice(inWorkers.length).sort()).toEqual(of("brief", ["dataset 1", "dataset 2"]).sort());
  expect(report.withoutKills).toEqual([]);
  expect(killsByPhase(report)).toMatchObject({ checkpoint: { begun: 2, placed: 2 }, stage: { returned: 3 } });
  const pipeline = { file, text: readFileSync(file, "utf8"), inputs: {} };
  const certificate = certificateOf(report, pipeline);
  expect(certificate).toMatchObject({ pipeline: { file: "counting.yaml" }, report: { equal: true } });
  expect(Object.keys(certificate.versions)).toEqual(expect.arrayContaining(["pawl", "node", "temporal", "duckdb"]));
  expect(JSON.stringify(certificate)).not.toContain(hostname());
});

test("a pipeline that waits for a person is refused before anything runs", async () => {
  const file = path.join(directory(), "asks.yaml");
  const stages = [
    "text: { uses: dataset, with: { source: { text: hello } } }",
    'asked: { uses: dataset, with: { source: { text: "q,a" }, format: csv, columns: { instruction: q, response: a } } }',
    'tok: { uses: tokenize, with: { train: ["${{ stages.text.outputs.train }}"] } }',
    'base: { uses: pretrain, with: { tokens: "${{ stages.tok.outputs.tokens }}" } }',
    'prefs: { uses: collect-preferences, with: { model: "${{ stages.base.outputs.model }}", ' +
      'prompts: ["${{ stages.asked.outputs.train }}"] } }',
  ];
  writeFileSync(file, ["name: asks", "stages:", ...stages.map((stage) => `  ${stage}`), ""].join("\n"));
  await expect(verifyResume({ file, kills: 1, seed: 1, stageProgram })).rejects.toMatchObject({
    code: "NOT_ALLOWED",
    facts: { where: "stages.prefs" },
  });
});

/** Lines of the process table that name a directory. */
const processesOf = (name: string): string[] =>
  execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(name));

test("a server that does not come back after its kill ends the proof, and nothing is left", async () => {
  const homes: string[] = [];
  const crash = jest.spyOn(Rig.prototype, "crashServer").mockImplementation(function (this: Rig) {
    homes.push(this.home);
    return Promise.reject(new Error("no port is free"));
  });
  // The first kill of this seed is the server's, after 0.2 s.
  const proof = verifyResume({ file: definition([300, 1]), kills: 1, seed: 101, stageProgram });
  await expect(proof).rejects.toThrow("no port is free");
  crash.mockRestore();
  expect(homes.map((home) => [existsSync(home), processesOf(home)])).toEqual([[false, []]]);
});

test("a rig that is stopped while it starts leaves nothing", async () => {
  const stop = new AbortController();
  let own = "";
  const prepare = (home: string): void => {
    own = home;
    stop.abort(new Error("stopped"));
  };
  await expect(Rig.start(1, { prepare, signal: stop.signal })).rejects.toThrow("stopped");
  expect([existsSync(own), processesOf(own)]).toEqual([false, []]);
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s ends `pawl verify resume` in order, and nothing is left",
  async (signal) => {
    const shell = new Shell();
    const temporary = path.join(directory(), "tmp");
    mkdirSync(temporary);
    shell.pipeline("quick", "stages:\n  data: { uses: dataset, with: { source: { text: hello } } }\n");
    const args = ["verify", "resume", "quick", "--kills", "1000", "--stress"];
    const proof = shell.start(args, { environment: { TMPDIR: temporary } });
    await proof.printed(/reference run/);
    while (!readdirSync(temporary).some((name) => name.startsWith("pawl-verify-"))) await new Promise(setImmediate);
    proof.kill(signal);
    const { code, note } = await proof.ended;
    expect(code).toBe(130);
    expect(note).toContain("stopped");
    expect(readdirSync(temporary).filter((name) => name.startsWith("pawl-verify-"))).toEqual([]);
    expect(processesOf(temporary)).toEqual([]);
    await shell.close();
  },
);
