import { readTrainingState, writeTrainingState, type TrainingState } from "../../formats/training-state.js";
import {
  emptyExperience,
  packExperience,
  unpackExperience,
  type Algorithm,
  type Experience,
} from "../../lm/rl/reinforcement.js";
import { mean } from "../../lm/train/metrics.js";
import { held, prefixed, withoutPrefix } from "../../tensor/host-tensor.js";
import type { HostTensors } from "../../tensor/program.js";
import type { LoopState, StageContext } from "../stage.js";

/** Metrics of one iteration by name, single precision. */
export type IterationMetrics = Record<string, number>;

/**
 * The loop of reinforcement learning: writes responses, learns from them, for all iterations. A
 * checkpoint may fall between any two batches of responses or optimizer steps, by time or when the
 * stage must stop; it holds the weights, moments, counters, the responses in flight with all that
 * is known about them, and the metrics so far.
 * @param prompts token ids of every prompt, as the algorithm has them
 * @returns the metrics of every iteration
 * @throws PawlError LOSS_NOT_FINITE; `signal.reason` after saving, when the stage must stop
 */
export async function runReinforcement(
  algorithm: Algorithm,
  prompts: readonly (readonly number[])[],
  context: StageContext,
): Promise<IterationMetrics[]> {
  const run = new Run(algorithm, prompts, context);
  await run.restore();
  return context.checkpointEvery(
    () => run.state(),
    async (betweenSteps) => {
      while (run.iteration < algorithm.iterations) {
        await betweenSteps();
        await run.step();
      }
      await context.yield();
      return run.history;
    },
  );
}

class Run {
  iteration = 0;
  history: IterationMetrics[] = [];
  /** Steps done: batches of responses, preparations, optimizer steps. A checkpoint's step. */
  #steps = 0;
  #experience: Experience = emptyExperience();
  #phase: "collect" | "prepare" | "update" = "collect";
  /** Metrics of the iteration's optimizer steps. */
  #updates: IterationMetrics[] = [];
  #timedFrom: { at: number; iteration: number } | undefined;

  constructor(
    private readonly algorithm: Algorithm,
    private readonly prompts: readonly (readonly number[])[],
    private readonly context: StageContext,
  ) {}

  async restore(): Promise<void> {
    const checkpoint = await this.context.checkpoints.latest();
    if (!checkpoint) return;
    const { step, tensors, values } = await readTrainingState(checkpoint.directory);
    this.algorithm.restore(withoutPrefix(statePrefix, tensors));
    // All but the large state is looked at value by value.
    const isState = (name: string): boolean => name.startsWith(statePrefix);
    const rest = held(Object.fromEntries(Object.entries(tensors).filter(([name]) => !isState(name))));
    this.#experience = unpackExperience(rest, this.prompts);
    this.history = unpackTable(withoutPrefix(historyPrefix, rest));
    this.#updates = unpackTable(withoutPrefix(updatesPrefix, rest));
    for (const [name, value] of Object.entries(values))
      if (name.startsWith(counterPrefix)) this.algorithm.counters[name.slice(counterPrefix.length)] = value;
    this.#steps = step;
    this.iteration = values["iteration"]!;
    this.#phase = (["collect", "prepare", "update"] as const)[values["phase"]!]!;
    this.context.log(
      `resumed in iteration ${this.iteration} of ${this.algorithm.iterations}, at its ${this.#phase} phase`,
    );
  }

  /** One step. It changes the state when it ends, so that an interrupted one is done again. */
  async step(): Promise<void> {
    const between = () => this.context.yield();
    const { algorithm } = this;
    if (this.#phase === "collect") {
      this.#tell(this.#timedFrom === undefined ? "compile, write responses" : "write responses");
      if (await algorithm.collect(this.#experience, between)) this.#phase = "prepare";
    } else if (this.#phase === "prepare") {
      await algorithm.prepare(this.#experience, between);
      this.#phase = "update";
    } else {
      this.#updates.push(rounded(algorithm.update(this.iteration, this.#updates.length, this.#experience)));
      this.#tell("learn");
      if (this.#updates.length === algorithm.updates) this.#endIteration();
    }
    this.#steps++;
  }

  state(): LoopState {
    const step = this.#steps;
    return { step, write: (directory) => writeTrainingState(directory, this.#fullState(step)) };
  }

  #endIteration(): void {
    const names = new Set(this.#updates.flatMap((metrics) => Object.keys(metrics)));
    const means = [...names].map((name) => {
      const values = this.#updates.flatMap((metrics) => (metrics[name] === undefined ? [] : [metrics[name]]));
      return [name, mean(values)] as const;
    });
    const metrics = rounded({ ...Object.fromEntries(means), ...this.algorithm.finish(this.#experience) });
    this.history.push(metrics);
    this.context.log(`iteration ${this.iteration}`, metrics);
    this.context.recordMetrics(this.iteration + 1, metrics);
    this.#updates = [];
    this.#experience = emptyExperience();
    this.#phase = "collect";
    this.iteration++;
    this.#timedFrom ??= { at: performance.now(), iteration: this.iteration };
  }

  #fullState(step: number): TrainingState {
    const { algorithm } = this;
    const tensors = {
      ...prefixed(statePrefix, algorithm.state()),
      ...packExperience(this.#experience),
      ...prefixed(historyPrefix, packTable(this.history)),
      ...prefixed(updatesPrefix, packTable(this.#updates)),
    };
    const counters = Object.entries(algorithm.counters).map(([name, value]) => [counterPrefix + name, value]);
    const phase = ["collect", "prepare", "update"].indexOf(this.#phase);
    const values = { iteration: this.iteration, phase, ...(Object.fromEntries(counters) as Record<string, number>) };
    return { step, tensors, values };
  }

  #tell(phase: string): void {
    const { iterations, updates } = this.algorithm;
    const from = this.#timedFrom;
    const passed = from ? this.iteration - from.iteration : 0;
    const secondsEach = passed > 0 ? (performance.now() - from!.at) / 1000 / passed : undefined;
    const last = this.history.at(-1) ?? {};
    this.context.progress({
      phase,
      done: Number((this.iteration + this.#updates.length / (updates + 1)).toFixed(2)),
      total: iterations,
      unit: "iterations",
      metrics: Object.fromEntries(
        shownMetrics.flatMap((name) => (last[name] === undefined ? [] : [[name, last[name]]])),
      ),
      ...(secondsEach === undefined ? {} : { etaSeconds: secondsEach * (iterations - this.iteration) }),
    });
  }
}

/** The metrics of the last iteration that the terminal shows. */
const shownMetrics = ["reward", "kl", "entropy", "responseLength"];
const statePrefix = "state/";
const historyPrefix = "history/";
const updatesPrefix = "updates/";
const counterPrefix = "counter ";

function rounded(metrics: IterationMetrics): IterationMetrics {
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, Math.fround(value)]));
}

/** Rows of metrics as one column each; a metric that a row lacks is NaN there. */
function packTable(rows: readonly IterationMetrics[]): HostTensors {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return Object.fromEntries(
    names.map((name) => {
      const data = Float32Array.from(rows, (row) => row[name] ?? NaN);
      return [name, { dtype: "float32" as const, shape: [rows.length], data }];
    }),
  );
}

function unpackTable(columns: HostTensors): IterationMetrics[] {
  const count = Object.values(columns)[0]?.data.length ?? 0;
  return Array.from({ length: count }, (_, i) =>
    Object.fromEntries(
      Object.entries(columns).flatMap(([name, { data }]) => (Number.isNaN(data[i]) ? [] : [[name, data[i]!]])),
    ),
  );
}
