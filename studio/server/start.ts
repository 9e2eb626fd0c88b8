import type { AddressInfo } from "node:net";
import { serve, type ServerType } from "@hono/node-server";
import { PawlError } from "../../platform/errors.js";
import { studioApp } from "./app.js";
import type { PageFiles } from "./page-files.js";
import { readRates } from "../../api/rates.js";
import { personHere } from "../../api/person.js";
import { loopbackHosts, personToken, studioToken, type Access, type Visitor } from "./safety.js";

export interface StudioOptions {
  home: string;
  /** The page, as it was built. */
  files: PageFiles;
  host: string;
  /** Who may use it, each with a token of their own; empty: whoever reaches it, on other than loopback addresses with a token. */
  people?: readonly string[];
  /** Tried in this order; 0: any free one. */
  ports: readonly number[];
  /** Called for each request, for a studio that ends when nobody uses it. */
  onRequest?: () => void;
  /** Starts the embedded server, for a run that is started while none runs. */
  startServer?: () => Promise<void>;
}

export interface RunningStudio {
  /** Where the studio answers, without token. */
  address: string;
  /** For the addresses that are opened: the first is the owner's on loopback addresses, else for whoever has it. */
  visitors: readonly Visitor[];
  /** Whether a page is open. */
  isWatched(): boolean;
  close(): Promise<void>;
}

/** Hosts that only this machine reaches. */
const isLoopback = (host: string): boolean => host === "localhost" || host === "::1" || host.startsWith("127.");

/** Who may use a studio, and the addresses that are handed out. */
function accessOf({ home, host, people = [] }: StudioOptions): { access: Access; visitors: Visitor[] } {
  const named = people.map((person) => ({ token: personToken(home, person), person }));
  const token = studioToken(home);
  if (!isLoopback(host)) {
    const visitors = named.length > 0 ? named : [{ token }];
    return { access: { visitors }, visitors };
  }
  const hosts = [...loopbackHosts, host.includes(":") ? `[${host}]` : host];
  const visitors = [{ token, person: personHere() }, ...named];
  return { access: { hosts, ownerToken: token, ...(named.length > 0 && { visitors }) }, visitors };
}

/** Serves the studio of a home directory. @throws PawlError PORT_TAKEN, and those of `readRates` */
export async function startStudio(options: StudioOptions): Promise<RunningStudio> {
  const { home, files, host, ports, onRequest, startServer } = options;
  const { access, visitors } = accessOf(options);
  const rates = await readRates(process.cwd());
  const place = { ...(startServer && { startServer }), ...(rates && { rates }) };
  const studio = studioApp(home, access, files, place);
  for (const port of ports) {
    const server = await listen(studio.app.fetch, host, port);
    if (server === undefined) continue;
    void studio.warmUp();
    if (onRequest !== undefined) server.on("request", onRequest);
    const { port: found } = server.address() as AddressInfo;
    return {
      address: `http://${host.includes(":") ? `[${host}]` : host}:${found}`,
      visitors,
      isWatched: () => studio.watchers() > 0,
      async close() {
        const closed = new Promise((resolve) => server.close(resolve));
        // Live views would keep it open.
        if ("closeAllConnections" in server) server.closeAllConnections();
        await closed;
        await studio.close();
      },
    };
  }
  await studio.close();
  throw new PawlError("PORT_TAKEN", `port ${ports.join(", ")} of ${host} is in use, or may not be used`, {
    where: `${host}:${ports[0]}`,
    next: "choose another one with --port, or leave it out",
  });
}

/** Undefined if the port cannot be used. */
function listen(
  fetch: Parameters<typeof serve>[0]["fetch"],
  hostname: string,
  port: number,
): Promise<ServerType | undefined> {
  return new Promise((resolve) => {
    // Idle connections stay open: one closed while its client sends would lose what is sent, on a busy machine also much later.
    const server = serve({ fetch, hostname, port, serverOptions: { keepAliveTimeout: 0 } });
    server.once("listening", () => resolve(server));
    server.once("error", () => resolve(undefined));
  });
}
