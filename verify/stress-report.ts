/** Kinds of processes that are stopped and continued. */
export type StressTarget = "worker" | "workflows" | "server";

/** What a run had to withstand in addition to its kills. */
export interface StressReport {
  /** Processes that kept every processor busy. */
  busyProcesses: number;
  /** How often processes were stopped, by kind, and for how long each time, ms. */
  stops: Record<StressTarget, number>;
  stoppedMs: number;
}

/** How often processes of each kind were stopped, in words. */
export function stopsText({ worker, workflows, server }: StressReport["stops"]): string {
  return `worker processes ${worker} times, the process for workflows ${workflows} times, the server ${server} times`;
}
