import path from "node:path";
import { isObject } from "../../platform/json.js";
import { lives, readIdentity, type ProcessIdentity } from "../../platform/processes/process-identity.js";
import { readJson, writeFileWhole } from "../../store/files.js";

/** What `pawl up` writes into the home directory once its server answers. */
export interface UpRecord {
  /** The process of `pawl up`. */
  up: ProcessIdentity;
  /** The Temporal server below it. */
  server: ProcessIdentity;
  /** The version of Pawl that they run; see buildDigest. */
  build: string;
  /** Someone typed `pawl up`; else another command started it in the background. */
  byHand: boolean;
  /** The environment that it was started with; see environment.ts. */
  environment: Record<string, string>;
  address: string;
  /** The namespace of this home directory's runs. */
  namespace: string;
  port: number;
  uiAddress: string;
  uiPort: number;
}

const recordFile = (home: string): string => path.join(home, "up.json");
export const upLogFile = (home: string): string => path.join(home, "up.log");
/** Where the server's process records its identity before it starts; see startDevServer. */
export const serverProcessFile = (home: string): string => path.join(home, "server.process");
export const databaseFile = (home: string): string => path.join(home, "temporal.db");

/**
 * The last record, whether or not its processes are still alive: it has the ports to use again.
 * Undefined if it is missing or damaged.
 */
export async function readUp(home: string): Promise<UpRecord | undefined> {
  const record = (await readJson(recordFile(home))) as Partial<UpRecord> | null | undefined;
  const [up, server] = [readIdentity(record?.up), readIdentity(record?.server)];
  if (!record || !up || !server || typeof record.address !== "string") return undefined;
  if (![record.port, record.uiPort].every(Number.isInteger)) return undefined;
  const { namespace = "default", build = "", byHand = false, uiAddress = "", environment } = record;
  return {
    ...(record as Omit<UpRecord, "environment">),
    up,
    server,
    namespace,
    build,
    byHand,
    uiAddress,
    environment: isObject(environment) ? environment : {},
  };
}

/** The embedded server of a home directory if it runs. */
export async function runningServer(home: string): Promise<UpRecord | undefined> {
  const record = await readUp(home);
  return record !== undefined && lives(record.up) && lives(record.server) ? record : undefined;
}

export function writeUp(home: string, record: UpRecord): Promise<void> {
  return writeFileWhole(recordFile(home), JSON.stringify(record, null, 1));
}
