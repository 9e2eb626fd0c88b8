import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { RunView } from "../../api/reading/run-view.js";
import { runLines } from "../../cli/render/run-lines.js";
import { ownColors } from "../../cli/terminal-codes.js";
import { PawlError } from "../../platform/errors.js";
import { isObject, type JsonObject } from "../../platform/json.js";
import type { RunState } from "../../schemas/run.js";
import { layout } from "../../store/home.js";
import { lastOutputFile } from "../../store/history/program-output.js";
import { exportRun } from "../../store/run-file/export-run.js";
import { importRun } from "../../store/run-file/import-run.js";
import { findRecord } from "../../store/records/runs.js";
import { isRunState } from "../../store/records/shapes.js";
import { sealed, unsealed } from "../../store/records/seal.js";
import type { Odds } from "./odd-values.js";
import type { RunRecord } from "../../store/records/record-types.js";

const canvas = { columns: 100, rows: 40, colors: ownColors(false), nowMs: 0 };

/** Draws a run as the command line does. @throws whatever the drawing throws: it must not */
function draw(state: RunState): void {
  const view: RunView = { runId: "run", state, progress: {}, queued: new Set(), startedAtMs: 0 };
  runLines(view, canvas);
}

/** An answer to the query `state` with something odd in it is refused, or drawn. */
export function oddAnswer(odds: Odds, state: RunState): void {
  const answer: unknown = odds.changed(JSON.parse(JSON.stringify(state)) as JsonObject);
  if (isRunState(answer)) draw(answer);
}

/**
 * A record with a right seal and something odd in it counts as one of another version, or is drawn.
 */
export async function oddRecord(odds: Odds, home: string, record: RunRecord): Promise<void> {
  const { runId } = record;
  const directory = layout.run(home, runId);
  mkdirSync(directory, { recursive: true });
  const changed = odds.changed(JSON.parse(JSON.stringify(record)) as JsonObject);
  writeFileSync(path.join(directory, "record.json"), sealed(isObject(changed) ? changed : { changed }));
  const found = await findRecord(home, runId).catch((error: unknown) => {
    if (error instanceof PawlError && error.code === "OTHER_VERSION") return undefined;
    throw error;
  });
  if (found === undefined) return;
  draw(found);
  for (const { id, attempts } of found.stages) lastOutputFile(home, runId, id, attempts);
}

/** A run file with something odd in it is refused with a coded error, or imported. */
export async function oddArchive(odds: Odds, home: string, whole: Buffer): Promise<void> {
  const file = path.join(home, "odd.tar.gz");
  writeFileSync(file, gzipSync(oddTar(odds, whole)));
  const into = path.join(home, "imported");
  try {
    await importRun(into, { file, project: home });
  } catch (error) {
    if (!(error instanceof PawlError)) throw error;
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
}

/** Bytes changed anywhere, or the index changed and sealed again. */
function oddTar(odds: Odds, whole: Buffer): Buffer {
  const tar = Buffer.from(whole);
  if (odds.below(2) === 0) {
    for (let i = odds.below(4); i >= 0; i--) tar[odds.below(tar.length)] = odds.below(256);
    return tar.subarray(0, odds.below(4) === 0 ? odds.below(tar.length) : tar.length);
  }
  const size = Number.parseInt(tar.toString("latin1", 124, 135), 8);
  const index = unsealed(tar.toString("utf8", 512, 512 + size))!;
  const changed = odds.changed(index);
  const text = Buffer.from(sealed(isObject(changed) ? changed : { changed }));
  const header = Buffer.from(tar.subarray(0, 512));
  header.write(text.length.toString(8).padStart(11, "0"), 124, "latin1");
  header.write("        ", 148, "latin1");
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, "0")}\0 `,
    148,
    "latin1",
  );
  const padding = Buffer.alloc((512 - (text.length % 512)) % 512);
  return Buffer.concat([header, text, padding, tar.subarray(512 + 512 * Math.ceil(size / 512))]);
}

/** The unpacked run file of an ended run. */
export async function exported(home: string, runId: string): Promise<Buffer> {
  const file = path.join(home, "whole.tar.gz");
  await exportRun(home, { runId, keys: [], children: [], file, all: true, version: "soak" });
  return gunzipSync(readFileSync(file));
}
