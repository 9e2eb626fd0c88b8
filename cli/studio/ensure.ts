import { PawlError } from "../../platform/errors.js";
import { openHome } from "../../store/home.js";
import { launch } from "../embedded/launch.js";
import { runningStudio, studioLogFile, type StudioRecord } from "./record.js";
import { pause } from "../../platform/processes/pause.js";

const patienceMs = 30_000;
const lookAgainMs = 50;

/**
 * The studio of a home directory; starts one in the background if none runs. That one ends when
 * nobody has used it for a while.
 * @throws PawlError SERVER_UNREACHABLE
 */
export async function ensureStudio(home: string): Promise<StudioRecord> {
  openHome(home);
  const known = await runningStudio(home);
  if (known !== undefined) return known;
  const child = await launch(home, ["studio", "--json", "--background", "--no-open"], studioLogFile(home));
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    const record = await runningStudio(home);
    if (record !== undefined) return record;
    if (child.exitCode !== null || child.signalCode !== null) break;
    await pause(lookAgainMs);
  }
  throw new PawlError("SERVER_UNREACHABLE", "the studio does not start", {
    where: studioLogFile(home),
    next: "run `pawl studio` in another terminal",
  });
}
