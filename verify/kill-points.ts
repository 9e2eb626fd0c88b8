import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { AsyncLocalStorage } from "node:async_hooks";
import path from "node:path";
import { withLoopHelpers } from "../activities/checkpointed-loop.js";
import type { Stage, StageContext } from "../activities/stage.js";
import type { StageType } from "../schemas/stages/index.js";
import { onWritePhase, type WritePoint } from "../store/artifacts/write-phases.js";
import type { StageTable } from "../worker/attempts/stage-table.js";
import type { KillPoint } from "./phases.js";

/**
 * A process that kills itself at every place where its stages write: at each phase of the write of
 * each checkpoint and each artifact, and after a stage has returned, before its result is recorded.
 * It does so once at each place in a run: it records the place first, in the home directory, and
 * the process that replaces it passes the place.
 */

const killPointDirectory = (home: string): string => path.join(home, "kill-points");
const settingsName = "settings.json";

/**
 * Prepares a home directory for processes that kill themselves.
 * @param everySteps steps between two checkpoints
 */
export function prepareKillPoints(home: string, everySteps: number): void {
  mkdirSync(killPointDirectory(home), { recursive: true });
  writeFileSync(path.join(killPointDirectory(home), settingsName), JSON.stringify({ everySteps }));
}

/** The places at which processes have died so far, in the order of their deaths. */
export function readKillPoints(home: string): KillPoint[] {
  const names = readdirSync(killPointDirectory(home)).filter((name) => name !== settingsName);
  const points = names.map((name) => JSON.parse(decodeURIComponent(name)) as KillPoint);
  return points
    .map((point, i) => ({
      point,
      at: statSync(path.join(killPointDirectory(home), names[i]!), { bigint: true }).mtimeNs,
    }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ point }) => point);
}

/**
 * A table of stages whose process dies at every place, once; checkpoints are saved by steps instead
 * of by time.
 */
export function withKillPoints(home: string, stages: StageTable): StageTable {
  const { everySteps } = JSON.parse(readFileSync(path.join(killPointDirectory(home), settingsName), "utf8")) as {
    everySteps: number;
  };
  const place = new PlaceOfDeath(home);
  onWritePhase((point) => place.ofWrite(point));
  const entries = Object.entries(stages as Record<StageType, () => Promise<Stage<StageType>>>).map(([type, load]) => [
    type,
    async () => {
      const stage = (await load()) as (settings: unknown, context: StageContext) => Promise<unknown>;
      return (settings: unknown, context: StageContext) =>
        place.within(context.stage, async () => {
          const result = await stage(settings, savedBySteps(context, everySteps));
          place.reach({ phase: "returned" });
          return result;
        });
    },
  ]);
  return Object.fromEntries(entries) as StageTable;
}

/**
 * A context that saves a checkpoint once at least `everySteps` steps have been made since the last
 * one.
 */
function savedBySteps(context: StageContext, everySteps: number): StageContext {
  const { checkpoints } = context;
  let last = 0;
  return withLoopHelpers({
    ...context,
    checkpointEveryMs: 0,
    checkpoints: {
      ...checkpoints,
      async latest() {
        const found = await checkpoints.latest();
        last = found?.step ?? 0;
        return found;
      },
      async save(step, write) {
        if (step - last < everySteps) return;
        await checkpoints.save(step, write);
        last = step;
      },
    },
  });
}

/**
 * An attempt that is under way, and the artifacts that it has begun to write, in their order:
 * several at a time.
 */
interface Attempt {
  stage: string;
  artifacts: string[];
}

/**
 * Where this process is, and where it has to die. The process for workflows runs several brief
 * stages at a time.
 */
class PlaceOfDeath {
  readonly #attempts = new AsyncLocalStorage<Attempt>();

  constructor(private readonly home: string) {}

  /** Runs an attempt at a stage. */
  within<T>(stage: string, work: () => Promise<T>): Promise<T> {
    return this.#attempts.run({ stage, artifacts: [] }, work);
  }

  ofWrite({ phase, header, directory, write }: WritePoint): void {
    const attempt = this.#attempts.getStore();
    if (attempt === undefined) return;
    if (phase === "begun" && "kind" in header) attempt.artifacts.push(write);
    const what =
      "step" in header ? { step: header.step } : { artifact: `${header.kind} ${attempt.artifacts.indexOf(write) + 1}` };
    if (phase === "written") this.reach({ ...what, phase: "torn" }, () => tear(directory));
    this.reach({ ...what, phase });
  }

  /** Dies, unless a process has died here before. */
  reach(at: Omit<KillPoint, "stage">, before = (): void => {}): void {
    const point: KillPoint = { stage: this.#attempts.getStore()!.stage, ...at };
    const name = encodeURIComponent(JSON.stringify(point));
    try {
      writeFileSync(path.join(killPointDirectory(this.home), name), "", { flag: "wx" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
      throw error;
    }
    before();
    process.kill(process.pid, "SIGKILL");
  }
}

/** Cuts the largest file of a directory in half. */
function tear(directory: string): void {
  const files = (readdirSync(directory, { recursive: true }) as string[])
    .map((name) => path.join(directory, name))
    .filter((file) => statSync(file).isFile());
  const [largest] = files.sort((a, b) => statSync(b).size - statSync(a).size);
  if (largest !== undefined) truncateSync(largest, Math.floor(statSync(largest).size / 2));
}
