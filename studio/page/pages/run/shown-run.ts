import { useEffect, useRef, useState } from "preact/hooks";
import type { RunHead, StageCard } from "../../../messages.js";

/** A run as its views get it. */
export interface ShownRun {
  head: RunHead;
  stages: readonly StageCard[];
}

/**
 * For views that keep what they have read while a run changes: counts up at most twice a second
 * while stages do.
 */
export function useStep(key: string): number {
  const [step, setStep] = useState(0);
  const timer = useRef(0);
  useEffect(() => {
    if (timer.current !== 0) return;
    timer.current = window.setTimeout(() => {
      timer.current = 0;
      setStep((count) => count + 1);
    }, 250);
  }, [key]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return step;
}
