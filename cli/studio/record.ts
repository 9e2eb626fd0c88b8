import path from "node:path";
import { buildDigest } from "../../platform/program/build.js";
import { identify, lives, readIdentity, type ProcessIdentity } from "../../platform/processes/process-identity.js";
import { readJson, writeFileWhole } from "../../store/files.js";

/** The record that a running studio keeps in its home directory. */
export interface StudioRecord {
  process: ProcessIdentity;
  /** The version of Pawl that it runs; see buildDigest. */
  build: string;
  /** Where it answers. */
  address: string;
  /** See `newCode`. */
  instance: string;
  port: number;
}

const recordFile = (home: string): string => path.join(home, "studio.json");
export const studioLogFile = (home: string): string => path.join(home, "studio.log");

/**
 * The last record, whether or not its process still lives: it has the port to use again. Undefined
 * if there is none.
 */
export async function readStudio(home: string): Promise<StudioRecord | undefined> {
  const record = (await readJson(recordFile(home))) as Partial<StudioRecord> | null | undefined;
  const found = readIdentity(record?.process);
  if (!record || !found || typeof record.address !== "string" || !Number.isInteger(record.port)) return undefined;
  const { instance = "" } = record;
  return { instance, process: found, build: record.build ?? "", address: record.address, port: record.port! };
}

/** The studio of a home directory that runs, of this version. */
export async function runningStudio(home: string): Promise<StudioRecord | undefined> {
  const record = await readStudio(home);
  return record !== undefined && record.build === buildDigest() && lives(record.process) ? record : undefined;
}

/** Records the studio that this process runs. */
export function writeStudio(home: string, found: Pick<StudioRecord, "address" | "port" | "instance">): Promise<void> {
  const record: StudioRecord = { process: identify(process.pid), build: buildDigest(), ...found };
  return writeFileWhole(recordFile(home), JSON.stringify(record, null, 1));
}
