import type { AddressInfo } from "node:net";
import { serve, type ServerType } from "@hono/node-server";
import { Hono } from "hono";
import { proxy } from "hono/proxy";
import { PawlError } from "../../platform/errors.js";
import { toFailure, statusOfFailure } from "../../studio/server/failure.js";
import { loopbackHosts, onlyOwnPages } from "../../studio/server/safety.js";

/** The only way to Temporal's web UI for a browser. */
export interface UiProxy {
  address: string;
  /** Leads to another address of the UI: a server that was restarted has a new one. */
  leadTo(hidden: string): void;
  close(): Promise<void>;
}

/**
 * Answers at the address that people open, and asks the UI, which itself answers whoever reaches
 * it, for requests that may be answered: those for this machine's own names, changes by pages of
 * the same origin only. Other users of this machine reach it, as they reach the server: see
 * docs/concepts/security.md.
 * @throws PawlError PORT_TAKEN
 */
export async function startUiProxy(port: number): Promise<UiProxy> {
  let hidden: string | undefined;
  const app = new Hono();
  app.onError((error, c) => {
    const failure = toFailure(error);
    return c.json({ error: failure }, statusOfFailure(failure));
  });
  app.use(onlyOwnPages(loopbackHosts));
  app.all("*", async (c) => {
    const { pathname, search } = new URL(c.req.url);
    const answer = await forwardRequest(`${hidden}${pathname}${search}`, c.req.raw);
    const headers = new Headers(answer.headers);
    // No other page may have it in a frame, and have its buttons clicked.
    headers.set("x-frame-options", "DENY");
    headers.set("referrer-policy", "no-referrer");
    headers.set("cross-origin-resource-policy", "same-origin");
    return new Response(answer.body, { status: answer.status, headers });
  });
  const server = await listen(app.fetch, port);
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo: (address) => void (hidden = address),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      if ("closeAllConnections" in server) server.closeAllConnections();
      await closed;
    },
  };
}

/** @throws PawlError SERVER_UNREACHABLE while the server is restarted */
async function forwardRequest(address: string, raw: Request): Promise<Response> {
  try {
    // The origin was checked, and is not that of the hidden address.
    const headers = new Headers(raw.headers);
    for (const name of ["origin", "host"]) headers.delete(name);
    return await proxy(address, { raw, headers, redirect: "manual" });
  } catch (cause) {
    const next = "load the page again: a server that has ended is restarted";
    throw new PawlError("SERVER_UNREACHABLE", "Temporal's UI does not answer", { next }, { cause });
  }
}

function listen(fetch: Hono["fetch"], port: number): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname: "127.0.0.1", port });
    server.once("listening", () => resolve(server));
    server.once("error", (cause) => {
      const facts = { where: `127.0.0.1:${port}`, next: "stop the program that uses it, or choose another port" };
      reject(new PawlError("PORT_TAKEN", `port ${port} is taken`, facts, { cause }));
    });
  });
}
