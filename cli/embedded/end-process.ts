import { lives, type ProcessIdentity } from "../../platform/process-identity.js";

/** Ends a process that is not our child: asks first, then kills. Settles when it is gone. */
export async function endProcess(found: ProcessIdentity, patienceMs = 10_000): Promise<void> {
  const deadline = Date.now() + patienceMs;
  let signal: NodeJS.Signals = "SIGTERM";
  for (let sent = false; lives(found);) {
    if (!sent || (signal === "SIGTERM" && Date.now() > deadline)) {
      if (sent) signal = "SIGKILL";
      process.kill(found.pid, signal);
      sent = true;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
