import { useEffect, useState } from "preact/hooks";
import type { Failure } from "../messages.js";
import { useLinkState } from "./live.js";
import { toFailure } from "./send.js";

const loaded = new Map<unknown, unknown>();

/**
 * A view that is loaded when it is first shown. A chunk that cannot be loaded (the studio is away,
 * or of a different version) is tried again when the studio answers again, and only then: what the
 * notice offers stays until it is chosen.
 * @param load the same function at each call for one view
 */
export function useLateView<View>(load: () => Promise<View>): { view?: View; failure?: Failure } {
  const [, setCount] = useState(0);
  const [failure, setFailure] = useState<Failure>();
  const link = useLinkState();
  useEffect(() => {
    if (loaded.has(load) || (failure && link !== "connected")) return;
    load().then(
      (view) => {
        loaded.set(load, view);
        setFailure(undefined);
        setCount((count) => count + 1);
      },
      (error: unknown) => setFailure(toFailure(error)),
    );
  }, [load, link === "connected"]);
  const view = loaded.get(load) as View | undefined;
  return view !== undefined ? { view } : failure ? { failure } : {};
}
