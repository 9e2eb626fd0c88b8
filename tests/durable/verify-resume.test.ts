import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pause } from "../../platform/processes/pause.js";
import { verifyEveryCheckpoint } from "../../verify/every-checkpoint.js";
import { writePhases } from "../../verify/phases.js";
import { Rig } from "../../verify/rig.js";
import { verifyResume } from "../../verify/verify-resume.js";
import { useDirectory } from "../support/directory.js";
import { countingPipeline, killed, stageProgram } from "./support/counting-pipeline.js";
import { Shell } from "./cli/shell.js";
const directory = useDirectory();
test("runs that are killed at random moments end with the digests of a reference run", async () => {
  const report = await verifyResume({ file: countingPipeline(directory(), [200, 0]), kills: 3, seed: 1, stageProgram });
  expect(report).toMatchObject({ equal: true, differences: [], kept: [] });
  const { worker, workflows, server } = report.kills;
  expect(worker + workflows + server).toBe(3);
});

test("a process that dies at every phase of every write, once each, leaves the digests of a reference run", async () => {
  const file = countingPipeline(directory(), [3, 0]);
  const programs = { reference: stageProgram, killed };
  const report = await verifyEveryCheckpoint({ file, everySteps: 2, programs });
  expect(report).toMatchObject({ equal: true, differences: [], incomplete: [], kept: [], withoutKills: [] });
  const places = report.points.map(({ step, artifact, phase }) => `${step ?? artifact ?? ""} ${phase}`);
  const phases = [2, "dataset 1"].flatMap((write) => writePhases.map((phase) => `${write} ${phase}`));
  expect(places).toEqual([...phases, " returned"]);
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
  const proof = verifyResume({ file: countingPipeline(directory(), [300, 1]), kills: 1, seed: 101, stageProgram });
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
    while (!readdirSync(temporary).some((name) => name.startsWith("pawl-verify-"))) await pause(5);
    proof.kill(signal);
    const { code, note } = await proof.ended;
    expect(code).toBe(130);
    expect(note).toContain("stopped");
    expect(readdirSync(temporary).filter((name) => name.startsWith("pawl-verify-"))).toEqual([]);
    expect(processesOf(temporary)).toEqual([]);
    await shell.close();
  },
);
