import { PawlError } from "../../platform/errors.js";
import { studioToken } from "../../studio/server/safety.js";
import { openAddress } from "../open-address.js";
import type { Terminal } from "../terminal.js";
import { ensureStudio } from "./ensure.js";

/**
 * The addresses of a run's page in the studio, which is started if none runs: to show, and the owner's, which has the token.
 * @throws PawlError SERVER_UNREACHABLE
 */
export async function studioPage(home: string, runId: string): Promise<{ shown: string; owners: string }> {
  const { address } = await ensureStudio(home);
  const shown = `${address}/runs/${encodeURIComponent(runId)}`;
  return { shown, owners: `${shown}?token=${studioToken(home)}` };
}

/**
 * Opens a run's page in the studio beside something else; without a display prints its address. A studio that does not start
 * is printed, and changes nothing.
 */
export async function showInStudio(home: string, runId: string, terminal: Terminal): Promise<void> {
  try {
    const { shown, owners } = await studioPage(home, runId);
    await openAddress(owners);
    if (!terminal.json) terminal.out(`  studio  ${terminal.colors.cyan(shown)}`);
  } catch (error) {
    const where = error instanceof PawlError && error.facts.where !== undefined ? ` (${error.facts.where})` : "";
    terminal.note(
      `the run is not shown in the studio: ${(error as Error).message}${where}\n  next: pawl open ${runId} --studio`,
    );
  }
}
