import type { AddressInfo } from "node:net";
import { serve, type ServerType } from "@hono/node-server";
import { PawlError } from "../../platform/errors.js";
import { admit, type Visitor } from "./admissions.js";
import { studioApp, type Access } from "./app.js";
import type { PageFiles } from "./page-files.js";
import { readRates } from "../../api/reading/rates.js";
import { localPerson } from "../../api/acting/person.js";
import { loopbackHosts } from "./safety.js";
import { Sessions } from "./sessions.js";

export interface StudioOptions {
  home: string;
  /** The page, as it was built. */
  files: PageFiles;
  host: string;
  /**
   * Who may use it beside the owner, each with a link of their own; empty: on other than loopback
   * addresses, who has a link.
   */
  people?: readonly string[];
  /** Tried in this order; 0: any free one. */
  ports: readonly number[];
  /** Called for each request, for a studio that ends when nobody uses it. */
  onRequest?: () => void;
  /** Starts the embedded server, for a run that is started while none runs. */
  startServer?: () => Promise<void>;
}

export interface RunningStudio {
  /** Where the studio answers. */
  address: string;
  /** See `newCode`; undefined on other than loopback addresses, where nobody is the owner. */
  instance?: string;
  /** The addresses for others than the owner, with their links. */
  links: readonly { person?: string; address: string }[];
  /** Whether a page is open. */
  isWatched(): boolean;
  close(): Promise<void>;
}

/** Hosts that only this machine reaches. */
const isLoopback = (host: string): boolean => host === "localhost" || host === "::1" || host.startsWith("127.");

/** Who may use a studio. */
function createAccess({ home, host, people = [] }: StudioOptions): Access {
  const named = people.map((person): Visitor => ({ subject: `person ${person}`, person }));
  if (!isLoopback(host)) return { sessions: new Sessions(home, named.length > 0 ? named : [{ subject: "anyone" }]) };
  const owner: Visitor = { subject: "owner", ...(named.length > 0 && { person: localPerson() }) };
  const hosts = [...loopbackHosts, host.includes(":") ? `[${host}]` : host];
  return { hosts, sessions: new Sessions(home, [owner, ...named]) };
}

/** The addresses of those who may use a studio, but for its owner. */
function accessLinks(address: string, { home, admitted }: Sessions): Promise<{ person?: string; address: string }[]> {
  const others = admitted.filter(({ subject }) => subject !== "owner");
  return Promise.all(
    others.map(async ({ subject, person }) => ({
      ...(person !== undefined && { person }),
      address: `${address}/#link=${await admit(home, subject)}`,
    })),
  );
}

/** Serves the studio of a home directory. @throws PawlError PORT_TAKEN, and those of `readRates` */
export async function startStudio(options: StudioOptions): Promise<RunningStudio> {
  const { home, files, host, ports, onRequest, startServer } = options;
  const access = createAccess(options);
  const { sessions } = access;
  const rates = await readRates(process.cwd());
  const studioOptions = { ...(startServer && { startServer }), ...(rates && { rates }) };
  const studio = studioApp(home, access, files, studioOptions);
  for (const port of ports) {
    const server = await listen(studio.app.fetch, host, port);
    if (server === undefined) continue;
    void studio.warmUp();
    if (onRequest !== undefined) server.on("request", onRequest);
    const { port: found } = server.address() as AddressInfo;
    const address = `http://${host.includes(":") ? `[${host}]` : host}:${found}`;
    return {
      address,
      ...(isLoopback(host) && { instance: sessions.instance }),
      links: await accessLinks(address, sessions),
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
    // Idle connections stay open: one closed while its client sends would lose what is sent, on a
    // busy machine also much later.
    const server = serve({ fetch, hostname, port, serverOptions: { keepAliveTimeout: 0 } });
    server.once("listening", () => resolve(server));
    server.once("error", () => resolve(undefined));
  });
}
