import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { virtualEnvironment } from "./virtual-environment.js";

export const metaflowVersion = "2.19.39";

/**
 * Metaflow's side of `bench stages`: seconds of a whole `run` of a flow of trivial steps in a row.
 * It starts a process for each step. Undefined if Metaflow cannot be installed.
 */
export function metaflow(steps: number): (() => number) | undefined {
  const python = virtualEnvironment(`metaflow-${metaflowVersion}`, [`metaflow==${metaflowVersion}`]);
  if (python === undefined) return undefined;
  return () => {
    const directory = mkdtempSync(path.join(tmpdir(), "pawl-metaflow-"));
    try {
      writeFileSync(path.join(directory, "row_flow.py"), flowSource(steps));
      const environment = { ...process.env, METAFLOW_DATASTORE_SYSROOT_LOCAL: directory, METAFLOW_USER: "bench" };
      const began = performance.now();
      const { status, stderr } = spawnSync(python, ["row_flow.py", "run"], { cwd: directory, env: environment });
      if (status !== 0) throw new Error(`Metaflow failed: ${stderr.toString().slice(-500)}`);
      return (performance.now() - began) / 1000;
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  };
}

/** Metaflow reads its graph from the source, so every step is spelled out: start, s1, …, end. */
function flowSource(steps: number): string {
  const names = ["start", ...Array.from({ length: steps - 2 }, (_, i) => `s${i + 1}`), "end"];
  const step = (name: string, i: number): string[] => {
    const next = names[i + 1];
    return [
      "    @step",
      `    def ${name}(self):`,
      next === undefined ? "        pass" : `        self.next(self.${next})`,
    ];
  };
  return [
    "from metaflow import FlowSpec, step",
    "class RowFlow(FlowSpec):",
    ...names.flatMap(step),
    'if __name__ == "__main__":',
    "    RowFlow()",
    "",
  ].join("\n");
}
