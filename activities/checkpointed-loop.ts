import { yieldProcess } from "../platform/processes/yield-process.js";
import type { LoopState, PublicStageContext } from "../schemas/stage-run.js";

type Helpers = Pick<PublicStageContext, "yield" | "checkpointEvery">;
/** The part of a context that the helpers need. */
type Parts = Pick<PublicStageContext, "signal" | "checkpointEveryMs"> & {
  checkpoints: Pick<PublicStageContext["checkpoints"], "save">;
};

/**
 * A context with the two helpers that follow from its other fields, which may be replaced later.
 */
export function withLoopHelpers<C extends Parts>(parts: C): NoInfer<C> & Helpers {
  const context: C & Helpers = {
    ...parts,
    yield: () => yieldProcess(context.signal),
    checkpointEvery: (state, loop) => checkpointedLoop(context, state, loop),
  };
  return context;
}

async function checkpointedLoop<T>(
  context: Parts & Helpers,
  state: () => LoopState,
  loop: (betweenSteps: () => Promise<void>) => Promise<T>,
): Promise<T> {
  let saved = state().step;
  let savedAt = performance.now();
  const save = async (): Promise<void> => {
    const { step, write } = state();
    if (step === saved) return;
    await context.checkpoints.save(step, write);
    saved = step;
    savedAt = performance.now();
  };
  const betweenSteps = async (): Promise<void> => {
    await context.yield();
    if (performance.now() - savedAt >= context.checkpointEveryMs) await save();
  };
  try {
    return await loop(betweenSteps);
  } catch (error) {
    // Any other error may have left a state that no run would reach without it.
    if (context.signal.aborted && error === context.signal.reason) await save();
    throw error;
  }
}
