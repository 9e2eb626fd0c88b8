import { useEffect, useRef, useState, type StateUpdater, type Dispatch } from "preact/hooks";
import type { CurvesMessage, Failure } from "../../messages.js";
import { toFailure, read, useAnswersAgain } from "../send.js";

/** Curves by run. */
export type Found = ReadonlyMap<string, CurvesMessage>;

export interface FoundCurves {
  read: Found;
  /** Stages that were read because somebody chose them: those that a message names in `others`. */
  chosen: ReadonlySet<string>;
  failure?: Failure;
  /** The curves of a whole run could not be read. */
  isIncomplete?: true;
}

type Update = Dispatch<StateUpdater<FoundCurves>>;

export const curvesAddress = (run: string, query: Record<string, string> = {}): string =>
  `/api/runs/${encodeURIComponent(run)}/curves?${new URLSearchParams(query).toString()}`;

const readStage = (run: string, stage: string): Promise<CurvesMessage> => read(curvesAddress(run, { stage }));

/**
 * The whole curves of some runs; those of stages that run are read again when they have got
 * further.
 * @param step changes when the first run has got further
 * @param only the stage that somebody has chosen
 */
export function useCurves(
  runs: readonly string[],
  running: readonly string[],
  step: number,
  only: string | null,
): FoundCurves {
  const [state, setState] = useState<FoundCurves>({ read: new Map(), chosen: new Set() });
  const answersAgain = useAnswersAgain(state.failure);
  // What could not be read is read again when the studio answers again, and when the run has got
  // further.
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (state.isIncomplete) setTries((count) => count + 1);
  }, [step, answersAgain]);
  useWholeRuns(runs, tries, setState);
  useChosenStage(runs, only, state.read, `${tries} ${answersAgain}`, setState);
  useNewSteps(runs[0]!, running, step, setState);
  return state;
}

function useWholeRuns(runs: readonly string[], tries: number, setState: Update): void {
  useEffect(() => {
    const left = new AbortController();
    void Promise.allSettled(runs.map((run) => read<CurvesMessage>(curvesAddress(run), left.signal))).then((results) => {
      if (left.signal.aborted) return;
      const failed = results.find((result) => result.status === "rejected");
      const values = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
      setState({
        read: new Map(values.map((value) => [value.run, value])),
        chosen: new Set(),
        ...(failed && { failure: toFailure(failed.reason), isIncomplete: true }),
      });
    });
    return () => left.abort();
  }, [runs.join(), tries]);
}

/**
 * Reads the curves of a stage that messages only name.
 * @param version changes when it is to be tried again
 */
function useChosenStage(
  runs: readonly string[],
  only: string | null,
  found: Found,
  version: string,
  setState: Update,
): void {
  useEffect(() => {
    if (only === null) return;
    const lacking = runs.filter((run) => found.get(run)?.others.includes(only));
    if (lacking.length === 0) return;
    void Promise.all(lacking.map((run) => readStage(run, only))).then(
      (messages) =>
        setState((known) => ({
          ...known,
          read: messages.reduce((all, message) => withNewer(all, message.run, [message]), known.read),
          chosen: new Set([...known.chosen, only]),
        })),
      (error: unknown) => setState((known) => ({ ...known, failure: toFailure(error) })),
    );
  }, [only, found.size, runs.join(), version]);
}

/**
 * Reads again the stages that run. A slow answer is waited for: what came meanwhile is read after
 * it.
 */
function useNewSteps(run: string, running: readonly string[], step: number, setState: Update): void {
  const before = useRef<readonly string[]>([]);
  const reading = useRef({ isReading: false, isMissed: false });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    // One that has just ended has its last steps still to come.
    const stages = [...new Set([...running, ...before.current])];
    if (step === 0 || stages.length === 0) return;
    const now = reading.current;
    now.isMissed = now.isReading;
    if (now.isReading) return;
    now.isReading = true;
    before.current = running;
    void Promise.all(stages.map((stage) => readStage(run, stage)))
      .then((messages) => setState((known) => ({ ...known, read: withNewer(known.read, run, messages) })))
      .catch(() => undefined)
      .then(() => {
        now.isReading = false;
        if (now.isMissed) setTurn((count) => count + 1);
      });
  }, [step, turn]);
}

/** What is known of the curves, those of some stages of a run replaced. */
function withNewer(found: Found, run: string, messages: readonly CurvesMessage[]): Found {
  const newer = messages.flatMap(({ curves }) => curves);
  const stages = new Set(newer.map(({ stage }) => stage));
  const known = found.get(run);
  const kept = known?.curves.filter(({ stage }) => !stages.has(stage)) ?? [];
  const { others = [], problems = [] } = known ?? {};
  return new Map(found).set(run, { run, curves: [...kept, ...newer], others, problems });
}
