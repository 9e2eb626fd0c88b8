import { useEffect, useState } from "preact/hooks";
import type { CheckMessage, PlanMessage, WrittenDefinition } from "../../definition-messages.js";
import type { Failure } from "../../messages.js";
import { toFailure, send } from "../send.js";

/**
 * Delay after the last keystroke before the definition is checked, ms. The plan, which reads more,
 * is computed later.
 */
const restsMs = { check: 200, plan: 500 };

export interface Answered<T> {
  value?: T;
  failure?: Failure;
  /** Whether the value belongs to an earlier body. */
  isOld: boolean;
}

/**
 * The answer to the newest body; that to an earlier one stays until then, and one that arrives too
 * late is left out.
 */
function useAnswer<T>(address: string, body: unknown, restMs: number): Answered<T> {
  const [state, setState] = useState<{ key: string; value?: T; failure?: Failure }>({ key: "" });
  const key = body === undefined ? "" : JSON.stringify(body);
  useEffect(() => {
    if (key === "") return;
    let isNewest = true;
    const timer = setTimeout(() => {
      send<T>(address, JSON.parse(key) as unknown).then(
        (value) => isNewest && setState({ key, value }),
        (error: unknown) => isNewest && setState({ key, failure: toFailure(error) }),
      );
    }, restMs);
    return () => {
      isNewest = false;
      clearTimeout(timer);
    };
  }, [address, key]);
  const { value, failure } = state;
  return {
    ...(value !== undefined && { value }),
    ...(failure !== undefined && { failure }),
    isOld: state.key !== key,
  };
}

/** What the compiler says about a definition, as somebody types. */
export const useCheck = (definition: WrittenDefinition): Answered<CheckMessage> =>
  useAnswer("/api/definitions/check", definition, restsMs.check);

/**
 * What would run; asked only for a definition without mistakes.
 * @param body undefined: nothing is asked
 */
export const usePlan = (address: string, body: WrittenDefinition | undefined): Answered<PlanMessage> =>
  useAnswer(address, body, restsMs.plan);
