import { log } from "@temporalio/activity";
import type { Client } from "@temporalio/client";
import { PawlError } from "../../platform/errors.js";
import { searchAttributes } from "../../schemas/search-attributes.js";

/** The command that registers the search attributes of runs with a server of one's own. */
export const registerCommand = `temporal operator search-attribute create ${Object.entries(searchAttributes)
  .map(([name, type]) => `--name ${name} --type ${type}`)
  .join(" ")}`;

/** gRPC's INVALID_ARGUMENT: a query names an attribute that the namespace does not have. */
const invalidArgument = 3;

/**
 * Whether the client's namespace has the search attributes of runs. It is asked by a query that
 * uses them, which needs no right beside those of every client.
 * @throws PawlError SERVER_UNREACHABLE
 */
export async function hasSearchAttributes(client: Client): Promise<boolean> {
  const names = Object.keys(searchAttributes);
  try {
    await client.workflow.count(names.map((name) => `${name} = 'unused'`).join(" AND "));
    return true;
  } catch (error) {
    const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
    if (code === invalidArgument || cause?.code === invalidArgument) return false;
    throw new PawlError(
      "SERVER_UNREACHABLE",
      `the server did not answer: ${(error as Error).message}`,
      { next: "nothing, if a later attempt succeeds" },
      { cause: error },
    );
  }
}

/** What this process has found out. */
let learned: boolean | undefined;

/**
 * The same for a run: what is missing is asked for each time, since it may be registered, and
 * logged once.
 */
export async function isListed(client: Client): Promise<boolean> {
  if (learned === true) return true;
  const before = learned;
  learned = await hasSearchAttributes(client);
  if (!learned && before === undefined) log.warn(`the server's list of runs cannot be filtered: ${registerCommand}`);
  return learned;
}
