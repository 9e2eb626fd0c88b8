import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { packageRoot } from "../../platform/locations.js";
import { LineProcess } from "../support/line-process.js";
import { virtualEnvironment } from "./virtual-environment.js";

export const prefectVersion = "3.9.1";

/** Prefect's side of `bench stages`, warm: its own server, in the same process, keeps everything in a SQLite file. */
export interface Prefect {
  /** Runs a flow of this number of trivial tasks in a row. @returns seconds */
  run(tasks: number): Promise<number>;
  close(): void;
}

/** Undefined if Prefect cannot be installed. */
export function prefect(): Prefect | undefined {
  const python = virtualEnvironment(`prefect-${prefectVersion}`, [`prefect==${prefectVersion}`]);
  if (python === undefined) return undefined;
  const home = mkdtempSync(path.join(tmpdir(), "pawl-prefect-"));
  const script = path.join(packageRoot(), "bench", "peers", "prefect_stages.py");
  const child = new LineProcess(python, ["-u", script], {
    ...process.env,
    PREFECT_HOME: home,
    PREFECT_LOGGING_LEVEL: "ERROR",
    PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: "true",
    PREFECT_SERVER_ANALYTICS_ENABLED: "false",
    PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS: "120",
  });
  return {
    run: async (tasks) => Number(await child.ask(`run ${tasks}`)),
    close() {
      child.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
