import { PawlError } from "../../platform/errors.js";
import { freePort } from "../../worker/server/dev-server.js";

/** Temporal's usual ports. */
export const usualPorts = { port: 7233, uiPort: 8233 };

/**
 * A port that is free now: the one the user fixed, else the one used before (so that addresses stay
 * the same), else the usual one, else any. Throws PawlError PORT_TAKEN for a fixed one only.
 */
export async function choosePort(
  option: string,
  fixed: number | undefined,
  before: number | undefined,
  usual: number,
): Promise<number> {
  if (fixed !== undefined) return fixedPort(option, fixed);
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

async function fixedPort(option: string, port: number): Promise<number> {
  try {
    return await freePort(port);
  } catch (error) {
    if (!(error instanceof PawlError)) throw error;
    const next = `choose another port, or omit ${option} to use a free one`;
    throw new PawlError(error.code, error.message, { ...error.facts, next }, { cause: error });
  }
}
