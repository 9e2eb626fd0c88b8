import { useEffect, useState } from "preact/hooks";
import type { CheckMessage, PlanMessage, WrittenDefinition } from "../../definition-messages.js";
import type { Failure } from "../../messages.js";
import { failureOf, send } from "../send.js";

/** The compiler is asked once somebody has not typed for this time, ms; the plan, which reads more, later. */
const restsMs = { check: 200, plan: 500 };

export interface Answered<T> {
  value?: T;
  failure?: Failure;
  /** The value is that of an earlier body. */
  isOld: boolean;
}

/** The answer to the newest body; that to an earlier one stays until then, and one that arrives too late is left out. */
function useAnswer<T>(address: string, body: unknown, restMs: number): Answered<T> {
  const [state, setState] = useState<{ key: string; value?: T; failure?: Failure }>({ key: "" });
  const key = body === undefined ? "" : JSON.stringify(body);
  useEffect(() => {
    if (key === "") return;
    let isNewest = true;
    const timer = setTimeout(() => {
      send<T>(address, JSON.parse(key) as unknown).then(
        (value) => isNewest && setState({ key, value }),
        (error: unknown) => isNewest && setState({ key, failure: failureOf(error) }),
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

/** What would run; asked only for a definition without mistakes. @param body undefined: nothing is asked */
export const usePlan = (address: string, body: WrittenDefinition | undefined): Answered<PlanMessage> =>
  useAnswer(address, body, restsMs.plan);
