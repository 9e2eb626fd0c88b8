import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { EdgeList } from "../../graph/graph.js";
import { packageRoot } from "../../platform/program/locations.js";
import { LineProcess } from "../support/line-process.js";
import { virtualEnvironment } from "./virtual-environment.js";

export const peerVersions = { networkx: "3.6.1", igraph: "1.0.0", numpy: "2.4.6", scipy: "1.17.1" };

export type Peer = "networkx" | "igraph";

/** Milliseconds. */
export interface Measured {
  clock: number;
  processor: number;
}

/** networkx and igraph in one Python process. */
export class GraphPeers {
  readonly #directory = mkdtempSync(path.join(os.tmpdir(), "pawl-bench-graph-"));
  readonly #process: LineProcess;

  private constructor(python: string) {
    // igraph's PageRank spins in as many threads as there are processors, and is no faster for it.
    const environment = { ...process.env, OMP_NUM_THREADS: "1" };
    this.#process = new LineProcess(python, [path.join(packageRoot(), "bench", "peers", "graph.py")], environment);
  }

  /** Undefined if they cannot be installed. */
  static open(): GraphPeers | undefined {
    const packages = Object.entries(peerVersions).map(([name, version]) => `${name}==${version}`);
    const python = virtualEnvironment(`graph-${peerVersions.networkx}-${peerVersions.igraph}`, packages);
    return python === undefined ? undefined : new GraphPeers(python);
  }

  /** Builds both graphs, directed. */
  async load({ nodes, sources, targets }: EdgeList): Promise<void> {
    const file = path.join(this.#directory, "edges");
    const both = new Uint32Array(2 * sources.length);
    both.set(sources);
    both.set(targets, sources.length);
    writeFileSync(file, both);
    await this.#process.ask(`load ${file} ${nodes}`);
  }

  /**
   * Computes a feature repeatedly.
   * @param least minimum duration, milliseconds of processor time
   * @returns one computation on average
   */
  async compute(peer: Peer, feature: string, least: number): Promise<Measured> {
    return JSON.parse(await this.#process.ask(`${peer} ${feature} ${this.#directory} ${least}`)) as Measured;
  }

  /** A column of the last computation. */
  column(name: string): Float64Array {
    const bytes = readFileSync(path.join(this.#directory, name));
    return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  }

  close(): void {
    this.#process.close();
    rmSync(this.#directory, { recursive: true });
  }
}
