import type { FeatureGroup, FeatureInput } from "../../graph/features/feature.js";
import { featureGroups } from "../../graph/features/index.js";
import type { RunControl, RunState } from "../../graph/parallel/run-batches.js";
import { readFeatureState, writeFeatureState, type FeatureState } from "../../formats/feature-state.js";
import { PawlError } from "../../platform/errors.js";
import type { FeatureName } from "../../schemas/stages/graph-featurize.js";
import type { LoopState, StageContext } from "../stage.js";

/** A finished group: [nodes] values for each of its features. */
export type Finished = FeatureState["finished"][number] & { group: FeatureName };

/**
 * Computes groups of features one after the other. Resumes from the newest checkpoint, also in the
 * middle of a group; saves at intervals and when the stage must stop.
 * @param allowMissing a group whose iteration does not converge has no values, instead of failing
 * @throws PawlError NOT_CONVERGED and what the groups throw; `signal.reason` after saving, when the
 *   stage must stop
 */
export async function computeFeatures(
  names: readonly FeatureName[],
  input: Omit<FeatureInput, "control">,
  allowMissing: boolean,
  context: StageContext,
): Promise<Finished[]> {
  const run = new FeatureRun(names, input, allowMissing, context);
  await run.restore();
  return context.checkpointEvery(
    () => run.state(),
    (betweenSteps) => run.run(betweenSteps),
  );
}

class FeatureRun {
  #finished: Finished[] = [];
  #current: FeatureState["current"];
  readonly #startedAt = performance.now();
  #doneBefore = 0;
  /** Work of each group: its sources, or 1. */
  readonly #work: number[];
  readonly #total: number;

  constructor(
    private readonly names: readonly FeatureName[],
    private readonly input: Omit<FeatureInput, "control">,
    private readonly allowMissing: boolean,
    private readonly context: StageContext,
  ) {
    this.#work = names.map((name) => Math.max(1, findGroup(name).sources?.(input) ?? 1));
    this.#total = this.#work.reduce((sum, work) => sum + work, 0);
  }

  async restore(): Promise<void> {
    const checkpoint = await this.context.checkpoints.latest();
    if (!checkpoint) return;
    const { finished, current } = await readFeatureState(checkpoint.directory);
    this.#finished = finished as Finished[];
    this.#current = current;
    this.#doneBefore = this.#done();
    this.context.log(`resumed with ${finished.length} of ${this.names.length} groups of features done`, {
      ...(current && { group: current.group, sources: current.done }),
    });
  }

  /** @param betweenSteps awaited between groups, and within one after every batch of sources */
  async run(betweenSteps: () => Promise<void>): Promise<Finished[]> {
    while (this.#finished.length < this.names.length) {
      await betweenSteps();
      const name = this.names[this.#finished.length]!;
      this.#tell(name);
      this.#finished.push(await this.#compute(name, betweenSteps));
      this.#current = undefined;
    }
    return this.#finished;
  }

  async #compute(name: FeatureName, betweenSteps: () => Promise<void>): Promise<Finished> {
    const input = { ...this.input, control: this.#control(name, betweenSteps) };
    try {
      const columns = await findGroup(name).compute(input);
      return { group: name, columns: columns.map((column) => Float64Array.from(column)), notConverged: false };
    } catch (error) {
      if (!(this.allowMissing && error instanceof PawlError && error.code === "NOT_CONVERGED")) throw error;
      this.context.log(`${name} has no values: ${error.message}`, { ...error.facts });
      const missing = () => new Float64Array(this.input.graph.nodes).fill(NaN);
      return { group: name, columns: findGroup(name).features(input).map(missing), notConverged: true };
    }
  }

  #control(name: FeatureName, betweenSteps: () => Promise<void>): RunControl {
    const resume = this.#current;
    return {
      ...(resume && { resume }),
      signal: this.context.signal,
      onProgress: async (state: RunState) => {
        this.#current = { group: name, ...state };
        this.#tell(name);
        await betweenSteps();
      },
    };
  }

  #done(): number {
    const finished = this.#work.slice(0, this.#finished.length).reduce((sum, work) => sum + work, 0);
    return finished + (this.#current?.done ?? 0);
  }

  #tell(phase: FeatureName): void {
    const done = this.#done();
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const rate = (done - this.#doneBefore) / seconds;
    this.context.progress({
      phase,
      done,
      total: this.#total,
      unit: "sources",
      metrics: {},
      ...(rate > 0 ? { etaSeconds: (this.#total - done) / rate } : {}),
    });
  }

  state(): LoopState {
    const state: FeatureState = { finished: this.#finished, ...(this.#current && { current: this.#current }) };
    return { step: this.#done(), write: (directory) => writeFeatureState(directory, state) };
  }
}

const findGroup = (name: FeatureName): FeatureGroup => featureGroups[name];
