import { PawlError } from "../../platform/errors.js";
import { leadingFile, newCode } from "../../studio/server/codes.js";
import { openAddress } from "../open-address.js";
import type { Terminal } from "../terminal.js";
import { ensureStudio } from "./ensure.js";
import type { StudioRecord } from "./record.js";

/** An address of a studio with a code, for its owner; each works once. */
export const ownersAddress = async (
  home: string,
  { address, instance }: Pick<StudioRecord, "address" | "instance">,
  path = "/",
): Promise<string> => `${address}${path}#code=${await newCode(home, instance)}`;

/**
 * Opens an address that holds a secret in the user's browser; false if that is not possible here.
 */
export const openPrivately = async (home: string, address: string): Promise<boolean> =>
  openAddress(await leadingFile(home, address));

/**
 * Opens a run's page in the studio, which is started if none runs.
 * @param mayOpen false: only tells the address
 * @returns the address to show: with a code if nothing was opened
 * @throws PawlError SERVER_UNREACHABLE
 */
export async function openInStudio(
  home: string,
  runId: string,
  mayOpen = true,
): Promise<{ address: string; opened: boolean }> {
  const studio = await ensureStudio(home);
  const path = `/runs/${encodeURIComponent(runId)}`;
  const opened = mayOpen && (await openPrivately(home, await ownersAddress(home, studio, path)));
  return { address: opened ? `${studio.address}${path}` : await ownersAddress(home, studio, path), opened };
}

/**
 * Opens a run's page in the studio beside something else; without a display prints its address. A
 * studio that does not start is printed, and changes nothing.
 */
export async function showInStudio(home: string, runId: string, terminal: Terminal): Promise<void> {
  try {
    const { address } = await openInStudio(home, runId);
    if (!terminal.json) terminal.out(`  studio  ${terminal.colors.cyan(address)}`);
  } catch (error) {
    const where = error instanceof PawlError && error.facts.where !== undefined ? ` (${error.facts.where})` : "";
    terminal.note(
      `the run is not shown in the studio: ${(error as Error).message}${where}\n  next: pawl open ${runId} --studio`,
    );
  }
}
