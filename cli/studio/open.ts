import { studioToken } from "../../studio/server/safety.js";
import { openAddress } from "../open-address.js";
import type { Terminal } from "../terminal.js";
import { ensureStudio } from "./ensure.js";

/** Opens a run's page in the studio, which is started if none runs; without a display prints its address. */
export async function openInStudio(home: string, runId: string, terminal: Terminal): Promise<void> {
  const { address } = await ensureStudio(home);
  const page = `${address}/runs/${encodeURIComponent(runId)}`;
  await openAddress(`${page}?token=${studioToken(home)}`);
  if (!terminal.json) terminal.out(`  studio  ${terminal.colors.cyan(page)}`);
}
