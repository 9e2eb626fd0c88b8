import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { packageRoot } from "../../platform/program/locations.js";
import { freePort } from "../../worker/server/dev-server.js";
import { LineProcess } from "../support/line-process.js";
import { nodePackages } from "./node-packages.js";
import { virtualEnvironment } from "./virtual-environment.js";

/**
 * Orchestrators that run trivial stages in a row, warm, each in its fastest local mode that keeps
 * its state when it is killed: Prefect with the server in its own process, DBOS, and Dagster with
 * its in-process executor, each over SQLite files; Restate with its server and one service over
 * HTTP/2.
 */
export const rowsPeerVersions = {
  prefect: "3.9.1",
  dbos: "3.4.0",
  dagster: "1.13.29",
  "restate-server": "1.7.12",
  // The newest that runs on Node 20.
  "restate-sdk": "1.12.0",
} as const;

export interface RowsPeer {
  /** Runs this number of trivial stages in a row. @returns seconds */
  run(stages: number): Promise<number>;
  close(): void;
}

const scriptOf = (name: string): string => path.join(packageRoot(), "bench", "peers", name);

/** Starts a program that answers `run N` with seconds, in a directory of its own. */
function peerOf(command: string, args: readonly string[], environment: (home: string) => NodeJS.ProcessEnv): RowsPeer {
  const home = mkdtempSync(path.join(tmpdir(), "pawl-peer-"));
  const child = new LineProcess(command, args, { ...process.env, ...environment(home) });
  return {
    run: async (stages) => Number(await child.ask(`run ${stages}`)),
    close() {
      child.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Undefined if the package cannot be installed. */
function pythonPeer(
  name: "prefect" | "dbos" | "dagster",
  environment: (home: string) => NodeJS.ProcessEnv,
): RowsPeer | undefined {
  const version = rowsPeerVersions[name];
  const python = virtualEnvironment(`${name}-${version}`, [`${name}==${version}`]);
  return python === undefined ? undefined : peerOf(python, ["-u", scriptOf(`${name}_stages.py`)], environment);
}

/** Undefined if Prefect cannot be installed. */
export const prefect = (): RowsPeer | undefined =>
  pythonPeer("prefect", (home) => ({
    PREFECT_HOME: home,
    PREFECT_LOGGING_LEVEL: "ERROR",
    PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: "true",
    PREFECT_SERVER_ANALYTICS_ENABLED: "false",
    PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS: "120",
  }));

/** Undefined if DBOS cannot be installed. */
export const dbos = (): RowsPeer | undefined =>
  pythonPeer("dbos", (home) => ({ BENCH_DATABASE: `sqlite:///${home}/dbos.sqlite` }));

/** Undefined if Dagster cannot be installed. */
export const dagster = (): RowsPeer | undefined =>
  pythonPeer("dagster", (home) => {
    writeFileSync(path.join(home, "dagster.yaml"), "telemetry: { enabled: false }\n");
    return { DAGSTER_HOME: home };
  });

/** Undefined if Restate cannot be installed. */
export async function restate(): Promise<RowsPeer | undefined> {
  const { "restate-server": server, "restate-sdk": sdk } = rowsPeerVersions;
  const directory = nodePackages(`restate-${server}`, [
    `@restatedev/restate-server@${server}`,
    `@restatedev/restate-sdk@${sdk}`,
  ]);
  if (directory === undefined) return undefined;
  const ports = JSON.stringify([await freePort(), await freePort(), await freePort(), await freePort()]);
  return peerOf(process.execPath, [scriptOf("restate-stages.mjs"), directory, ports], (home) => ({
    RESTATE_BASE_DIR: home,
    RESTATE_DISABLE_TELEMETRY: "true",
    RESTATE_LOGGING: "ERROR",
  }));
}
