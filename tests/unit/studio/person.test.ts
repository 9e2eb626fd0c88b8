import { Hono } from "hono";
import { localPerson } from "../../../api/acting/person.js";
import type { Visitor } from "../../../studio/server/admissions.js";
import { toFailure } from "../../../studio/server/failure.js";
import { identifyAnswerer } from "../../../studio/server/person.js";

/** What a studio says of who answers, in the session of a visitor. */
async function who(visitor: Visitor, given?: string): Promise<unknown> {
  const app = new Hono();
  app.onError((error, c) => c.json({ code: toFailure(error).code }, 400));
  app.use(async (c, next) => {
    c.set("visitor", visitor);
    await next();
  });
  app.get("/who", (c) => c.json(identifyAnswerer(c, c.req.query("person"))));
  return (await app.request(given === undefined ? "/who" : `/who?person=${encodeURIComponent(given)}`)).json();
}

describe("without a link of their own, a person", () => {
  it("is the one that the page names, else the user of the operating system", async () => {
    expect(await who({ subject: "owner" }, " heron ")).toEqual({ person: "heron", isProved: false });
    expect(await who({ subject: "anyone" }, "")).toEqual({ person: localPerson(), isProved: false });
    expect(await who({ subject: "owner" })).toEqual({ person: localPerson(), isProved: false });
  });

  it.each([["  "], ["h".repeat(201)]])("cannot be %j", async (given) => {
    expect(await who({ subject: "owner" }, given)).toEqual({ code: "WRONG_TYPE" });
  });
});

test("with a link of their own, each is who the link says, whatever name the page sends", async () => {
  const heron: Visitor = { subject: "person heron", person: "heron" };
  expect(await who(heron, "tern")).toEqual({ person: "heron", isProved: true });
});
