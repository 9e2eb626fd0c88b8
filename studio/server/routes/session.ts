import { Type } from "@sinclair/typebox";
import type { Hono } from "hono";
import { readBody } from "../request-body.js";
import type { Sessions } from "../sessions.js";

const Shown = Type.Union([
  Type.Object({ code: Type.String() }, { additionalProperties: false }),
  Type.Object({ link: Type.String() }, { additionalProperties: false }),
]);
const Wanted = Type.Object({ address: Type.String({ pattern: "^/api/" }) }, { additionalProperties: false });

/**
 * `/api/session`, the only address under `/api` that needs no session: gives one for a code or a
 * link.
 */
export function entrance(app: Hono, sessions: Sessions): void {
  app.post("/api/session", async (c) => c.json({ session: await sessions.enter(await readBody(c, Shown)) }));
}

/** `/api/tickets`: for a link to data, which is followed without a header. */
export function tickets(app: Hono, sessions: Sessions): void {
  app.post("/api/tickets", async (c) => {
    const { address } = await readBody(c, Wanted);
    return c.json({ ticket: sessions.newTicket(c.get("session"), address) });
  });
}
