import { useState } from "preact/hooks";
import type { Failure } from "../messages.js";
import { toFailure } from "./send.js";

/**
 * What buttons do: which of it runs, why the last one failed, and a function that does something
 * under a name.
 */
export function useAct(): {
  busy: string | undefined;
  failure: Failure | undefined;
  act: (name: string, work: () => Promise<void>) => void;
} {
  const [state, setState] = useState<{ busy?: string; failure?: Failure }>({});
  const act = (name: string, work: () => Promise<void>): void => {
    setState({ busy: name });
    work().then(
      () => setState({}),
      (error: unknown) => setState({ failure: toFailure(error) }),
    );
  };
  return { busy: state.busy, failure: state.failure, act };
}
