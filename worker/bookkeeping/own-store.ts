import { PawlError, type ErrorCode } from "../../platform/errors.js";
import { storeId } from "../../store/ownership/identity.js";

/**
 * The id of this worker's store.
 * @param requested the id of the run's store, if it has one
 * @param code of the error: the workflow's own work goes to another worker, an attempt is made
 *   again
 * @throws PawlError with that code if the run has a different store: its artifacts are not here
 */
export async function ownStore(
  home: string,
  requested: string | undefined,
  code: Extract<ErrorCode, "OTHER_STORE" | "PREEMPTED"> = "OTHER_STORE",
): Promise<string> {
  const own = await storeId(home);
  if (requested !== undefined && requested !== own)
    throw new PawlError(code, "the run's artifacts are in a different store than this worker's", {
      expected: `store ${requested}`,
      got: `store ${own}`,
      next: "start a worker with PAWL_HOME set to the run's store, or stop the workers of other stores on this server",
    });
  return own;
}
