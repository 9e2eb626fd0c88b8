import { lives, type ProcessIdentity } from "../../platform/processes/process-identity.js";
import { pause } from "../../platform/processes/pause.js";

/**
 * Ends a process that is not a child of this one: with SIGTERM, then after `patienceMs` with
 * SIGKILL. Resolves when it has ended. If no living process of this machine has the identity, sends
 * no signal and resolves immediately.
 */
export async function endProcess(found: ProcessIdentity, patienceMs = 10_000): Promise<void> {
  const deadline = performance.now() + patienceMs;
  let sent: NodeJS.Signals | undefined;
  while (lives(found)) {
    const wanted = sent !== undefined && performance.now() > deadline ? "SIGKILL" : "SIGTERM";
    if (wanted !== sent && sent !== "SIGKILL") signal(found.pid, (sent = wanted));
    await pause(20);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // The process ended between the check and the signal.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
