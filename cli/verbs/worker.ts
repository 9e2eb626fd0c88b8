import { taskQueues } from "../../schemas/run.js";
import { homeFolder } from "../../store/index.js";
import { serverAddress } from "../../worker/connection.js";
import { superviseWorkers, type WorkerEvent } from "../../worker/supervisor.js";
import { configuredAddress } from "../connect.js";
import { ensureServer } from "../embedded/ensure.js";
import { usualGpus, usualSlots, wholeNumber } from "../options.js";
import { untilStopped } from "../stop-signal.js";
import type { Terminal } from "../terminal.js";
import type { Verb } from "./index.js";

/** `pawl worker`: runs stages for the configured server (else the embedded one) until it is stopped. */
export const worker: Verb = (command, terminal) => {
  command
    .option("--slots <count>", "stages that run at once on the CPU, each in a process of its own", wholeNumber(0))
    .option("--gpus <count>", "GPUs to use, each with a process of its own (default: all)", wholeNumber(0))
    .action(async (options: { slots?: number; gpus?: number }) => {
      const home = homeFolder();
      const stop = untilStopped();
      const address = (await configuredAddress()) === undefined ? (await ensureServer(home)).record.address : undefined;
      const slots = options.slots ?? usualSlots();
      const gpus = options.gpus ?? (await usualGpus());
      const onEvent = (event: WorkerEvent): void => tellEvent(event, terminal);
      const workers = await superviseWorkers({
        home,
        slots,
        gpus,
        onEvent,
        ...(address === undefined ? {} : { address }),
      });
      const server = address ?? (await serverAddress()).address;
      if (!terminal.json) terminal.out(greeting(server, home, slots, gpus));
      await new Promise((resolve) => stop.addEventListener("abort", resolve, { once: true }));
      if (!terminal.json) terminal.out("stopping: running stages save a checkpoint first");
      await workers.stop();
    });
};

function greeting(server: string, home: string, slots: number, gpus: number): string {
  const queues = [
    slots > 0 && `${taskQueues.cpu} (${slots} at once)`,
    gpus > 0 && `${taskQueues.gpu} (${gpus} at once)`,
  ];
  return [
    `server   ${server}`,
    `store    ${home}`,
    `queues   ${queues.filter(Boolean).join(", ") || "workflows only"}`,
    "Ctrl-C stops it: running stages save a checkpoint and go on elsewhere",
  ].join("\n");
}

function tellEvent(event: WorkerEvent, terminal: Terminal): void {
  if (terminal.json) return terminal.out(JSON.stringify({ event: event.what, ...event, what: undefined }));
  if (event.what === "ready") return terminal.out(`${event.name} is ready (pid ${event.pid})`);
  const lost = event.lostStage === undefined ? "" : `; stage ${event.lostStage} goes on from its checkpoint`;
  terminal.out(`${event.name} ended (pid ${event.pid}, ${event.death.signal ?? `code ${event.death.code}`})${lost}`);
}
