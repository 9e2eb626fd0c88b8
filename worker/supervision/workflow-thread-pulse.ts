import { BroadcastChannel } from "node:worker_threads";

/** Time between two reports of the thread, ms. */
export const turningEveryMs = 5000;
const name = "pawl: the thread of workflows turns";

/**
 * Reports from this thread to the process's main thread that its event loop turns, for as long as
 * it does.
 */
export function reportFromThread(): void {
  const channel = open();
  const report = (): void => channel.postMessage(true);
  report();
  setInterval(report, turningEveryMs).unref();
}

/** Calls `turns` in the main thread for each report. */
export function watchThread(onPulse: () => void): void {
  open().onmessage = onPulse;
}

/** A channel that does not keep the process running. */
function open(): BroadcastChannel {
  const channel = new BroadcastChannel(name);
  channel.unref();
  return channel;
}
