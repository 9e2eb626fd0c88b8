import { access, constants, statfs } from "node:fs/promises";
import { PawlError } from "../../platform/errors.js";
import { taskQueues } from "../../schemas/run.js";
import { openHome } from "../../store/home.js";
import { hasSearchAttributes, registerCommand } from "../../worker/bookkeeping/search-attributes.js";
import { runsAddress } from "../../worker/server/ui-address.js";
import { connectIfUp, type Server } from "../../api/servers/server.js";
import { asServerError } from "../../api/servers/grpc.js";
import { openToLocalUsers } from "../embedded/local-users.js";
import type { Finding } from "./check.js";

/**
 * Whether the configured server answers, or the embedded one if it is up; and whether a worker
 * polls there.
 */
export async function server(home: string): Promise<Finding[]> {
  let server: Server | undefined;
  try {
    server = await connectIfUp(home);
    if (server === undefined)
      return [
        { name: "Server", level: "ok", found: "the embedded server is not running; `pawl run` starts it" },
        embeddedAccess,
      ];
    const ui =
      server.uiAddress === undefined ? "" : `, UI ${runsAddress(server.uiAddress, server.client.options.namespace)}`;
    return [
      { name: "Server", level: "ok", found: `${server.address} answers${ui}` },
      ...(server.embedded ? [embeddedAccess] : []),
      await worker(server),
      ...(await list(server)),
    ];
  } catch (cause) {
    const error = server === undefined ? cause : asServerError(cause, server);
    const { message, facts } = error instanceof PawlError ? error : { message: String(error), facts: {} };
    return [{ name: "Server", level: "fail", found: message, next: facts.next ?? "pawl up" }];
  } finally {
    await server?.close();
  }
}

const embeddedAccess: Finding = { name: "Access", level: "ok", found: openToLocalUsers };

async function worker({ client }: Server): Promise<Finding> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueues.cpu },
    taskQueueType: 1,
  });
  const found = (pollers ?? []).length;
  if (found > 0) return { name: "Worker", level: "ok", found: `polls ${taskQueues.cpu}` };
  return { name: "Worker", level: "warn", found: `no worker polls ${taskQueues.cpu}`, next: "pawl worker" };
}

/** What is missing for Temporal's own list to be filtered. */
async function list({ client }: Server): Promise<Finding[]> {
  if (await hasSearchAttributes(client)) return [];
  const found = "the server has no search attributes of Pawl's: its list of runs cannot be filtered";
  return [{ name: "List", level: "warn", found, next: registerCommand }];
}

/** Whether the store can be written, and how much space is free. */
export async function disk(home: string): Promise<Finding> {
  const name = "Store";
  try {
    openHome(home);
    await access(home, constants.W_OK);
    const { bavail, bsize } = await statfs(home);
    const free = (bavail * bsize) / 2 ** 30;
    const found = `${home}, ${free.toFixed(1)} GiB free`;
    if (free >= 1) return { name, level: "ok", found };
    return { name, level: "warn", found, next: "free some space, or set PAWL_HOME to a larger disk" };
  } catch (error) {
    return {
      name,
      level: "fail",
      found: `${home}: ${(error as Error).message}`,
      next: "set PAWL_HOME to a directory that you can write to",
    };
  }
}
