import { PawlError } from "../../schemas/errors.js";
import { freePort } from "../../worker/dev-server.js";

/** Temporal's usual ports. */
export const usualPorts = { port: 7233, uiPort: 8233 };

/**
 * A port that is free now: the one the user fixed, else the one used before (so that addresses stay the same), else
 * the usual one, else any. Throws PawlError PORT_TAKEN for a fixed one only.
 */
export async function choosePort(
  option: string,
  fixed: number | undefined,
  before: number | undefined,
  usual: number,
): Promise<number> {
  if (fixed !== undefined)
    return freePort(fixed).catch((error: unknown) => Promise.reject(namingOption(error, option)));
  for (const wanted of [before, usual]) {
    if (wanted === undefined) continue;
    try {
      return await freePort(wanted);
    } catch (error) {
      if (!(error instanceof PawlError) || error.code !== "PORT_TAKEN") throw error;
    }
  }
  return freePort();
}

function namingOption(error: unknown, option: string): unknown {
  if (!(error instanceof PawlError)) return error;
  const next = `choose another port, or leave ${option} out: a free one is found`;
  return new PawlError(error.code, error.message, { ...error.facts, next }, { cause: error });
}
