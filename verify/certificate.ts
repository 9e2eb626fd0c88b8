import { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { sha256 } from "../platform/digests.js";
import type { JsonObject } from "../platform/json.js";
import { installed, packageRoot } from "../platform/program/locations.js";
import { thisHardware } from "../worker/attempts/hardware.js";
import type { EveryCheckpointReport } from "./every-checkpoint.js";
import type { ResumeReport } from "./verify-resume.js";

/**
 * What was proven, for which pipeline, with which versions and on which machine: for others to
 * read.
 */
export interface Certificate {
  what: string;
  made: string;
  /** `seed`: the root of all random numbers of the runs. */
  pipeline: { file: string; sha256: string; inputs: JsonObject; seed: number };
  /** Decides the moments of random kills. */
  seed?: number;
  versions: Record<string, string>;
  machine: Record<string, string | number>;
  /** Kills by what was being written or killed, and by phase. */
  kills: Record<string, Record<string, number>>;
  report: ResumeReport | EveryCheckpointReport;
}

/** @param of.text the pipeline's definition */
export function createCertificate(
  report: ResumeReport | EveryCheckpointReport,
  of: { file: string; text: string; inputs: JsonObject; seed?: number },
): Certificate {
  return {
    what: "Each killed run ended with the digests of the reference run, which nothing interrupted, if `report.equal` is true.",
    made: new Date().toISOString(),
    pipeline: { file: path.basename(of.file), sha256: sha256(of.text), inputs: of.inputs, seed: report.runSeed },
    ...(of.seed !== undefined && { seed: of.seed }),
    versions: versions(),
    machine: {
      processor: os.cpus()[0]?.model ?? "unknown",
      instructionSets: thisHardware(false).processor,
      processors: os.availableParallelism(),
      memoryBytes: os.totalmem(),
      system: `${os.type()} ${os.release()}`,
    },
    kills: "points" in report ? killsByPhase(report) : { random: report.kills },
    report,
  };
}

/** Kills inside checkpoints, inside artifacts and of whole stages, by phase. */
export function killsByPhase({
  points,
}: Pick<EveryCheckpointReport, "points">): Record<string, Record<string, number>> {
  const kills: Record<string, Record<string, number>> = {};
  for (const { step, artifact, phase } of points) {
    const what = step !== undefined ? "checkpoint" : artifact !== undefined ? "artifact" : "stage";
    const ofThis = (kills[what] ??= {});
    ofThis[phase] = (ofThis[phase] ?? 0) + 1;
  }
  return kills;
}

function versions(): Record<string, string> {
  const text = readFileSync(path.join(packageRoot(), "package.json"), "utf8");
  const { version, dependencies } = JSON.parse(text) as { version: string; dependencies: Record<string, string> };
  const found = installed();
  return {
    pawl: version,
    node: process.versions.node,
    ...(found?.tensorflow && { tensorflow: `${found.tensorflow.version} (${found.tensorflow.build})` }),
    ...(found && { temporal: found.temporal.version }),
    duckdb: dependencies["@duckdb/node-api"]!,
    tokenizers: dependencies["tokenizers"]!,
  };
}
