import path from "node:path";
import { readJson, writeFileWhole } from "../../store/index.js";
import type { ProcessIdentity } from "../../platform/process-identity.js";

/** What `pawl up` writes into the home folder once its server answers. */
export interface UpRecord {
  /** The process of `pawl up`. */
  up: ProcessIdentity;
  /** The Temporal server below it. */
  server: ProcessIdentity;
  /** Which build of Pawl they are; see buildDigest. */
  build: string;
  /** Someone typed `pawl up`; else another command started it in the background. */
  byHand: boolean;
  address: string;
  port: number;
  uiAddress: string;
  uiPort: number;
}

const recordFile = (home: string): string => path.join(home, "up.json");
export const upLogFile = (home: string): string => path.join(home, "up.log");
export const databaseFile = (home: string): string => path.join(home, "temporal.db");

/** The last record, whether or not its processes still live: what ran before says which ports to use again. */
export async function readUp(home: string): Promise<UpRecord | undefined> {
  const record = (await readJson(recordFile(home))) as Partial<UpRecord> | undefined;
  return typeof record?.address === "string" && record.up && record.server ? (record as UpRecord) : undefined;
}

export function writeUp(home: string, record: UpRecord): Promise<void> {
  return writeFileWhole(recordFile(home), JSON.stringify(record, null, 1));
}
