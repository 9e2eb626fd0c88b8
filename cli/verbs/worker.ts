import { holdYoungSpace } from "../../platform/program/young-space.js";
import { whenAborted } from "../../platform/processes/when-aborted.js";
import { stageQueue, taskQueues } from "../../schemas/run.js";
import { storeId } from "../../store/ownership/identity.js";
import { homeDirectory } from "../../store/home.js";
import { configuredAddress, serverAddress } from "../../worker/server/connection.js";
import { allowInlineCode } from "../../worker/authority/requests.js";
import { superviseWorkers, type WorkerEvent } from "../../worker/supervision/supervisor.js";
import { tellStart } from "../connect.js";
import { ensureServer } from "../embedded/ensure.js";
import { asServerError } from "../../api/servers/grpc.js";
import { usualGpus, usualProcesses, wholeNumber } from "../options.js";
import { setUpOnce } from "../set-up.js";
import { untilStopped } from "../stop-signal.js";
import type { Terminal } from "../terminal.js";
import type { Verb } from "../verb.js";

/**
 * `pawl worker`: runs stages for the configured server (else the embedded one) until it is stopped.
 */
export const worker: Verb = (command, terminal) => {
  command
    .option("--processes <count>", "CPU stages that run at the same time, each in its own process", wholeNumber(0))
    .option("--gpus <count>", "GPUs to use, each with its own process (default: all)", wholeNumber(0))
    .option("--allow-inline-code", `definitions from elsewhere may run code, as with ${allowInlineCode}=1`)
    .action(async (options: { processes?: number; gpus?: number; allowInlineCode?: boolean }) => {
      holdYoungSpace();
      const home = homeDirectory();
      await setUpOnce(terminal);
      const stop = untilStopped();
      const embedded =
        (await configuredAddress()) === undefined ? await ensureServer(home, () => tellStart(terminal)) : undefined;
      const processes = options.processes ?? usualProcesses();
      const gpus = options.gpus ?? (await usualGpus());
      const onEvent = (event: WorkerEvent): void => tellEvent(event, terminal);
      const { address } = embedded ?? (await serverAddress());
      const workers = await superviseWorkers({
        home,
        processes,
        gpus,
        onEvent,
        ...(options.allowInlineCode && { environment: { [allowInlineCode]: "1" } }),
        ...(embedded && { server: embedded }),
      }).catch((error: unknown) => {
        throw asServerError(error, { address, embedded: embedded !== undefined });
      });
      if (!terminal.json) terminal.out(greeting(address, home, queueNames(await storeId(home), processes, gpus)));
      await whenAborted(stop);
      if (!terminal.json) terminal.out("stopping: running stages save a checkpoint first");
      await workers.stop();
    });
};

function queueNames(store: string, processes: number, gpus: number): string {
  const stages = [
    processes > 0 && `${stageQueue(false, store)} (${processes} at a time)`,
    gpus > 0 && `${stageQueue(true, store)} (${gpus} at a time)`,
  ];
  return [`${taskQueues.cpu} (workflows)`, ...stages].filter(Boolean).join(", ");
}

function greeting(server: string, home: string, queues: string): string {
  return [
    `server   ${server}`,
    `store    ${home}`,
    `queues   ${queues}`,
    "Ctrl-C stops it: running stages save a checkpoint and resume elsewhere",
  ].join("\n");
}

function tellEvent(event: WorkerEvent, terminal: Terminal): void {
  if (terminal.json) return terminal.out(JSON.stringify({ event: event.what, ...event, what: undefined }));
  if (event.what === "ready") return terminal.out(`${event.name} is ready (pid ${event.pid})`);
  const lost = event.lostStage === undefined ? "" : `; stage ${event.lostStage} resumes from its checkpoint`;
  terminal.out(`${event.name} ended (pid ${event.pid}, ${event.death.signal ?? `code ${event.death.code}`})${lost}`);
}
