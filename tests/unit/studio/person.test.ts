import { Hono } from "hono";
import { personHere } from "../../../api/person.js";
import { failureOf } from "../../../studio/server/failure.js";
import { answererOf } from "../../../studio/server/person.js";
import { onlyAllowed, type Access } from "../../../studio/server/safety.js";

/** A studio that only says who answers. @param cookies of the browser */
function who(access: Access) {
  const app = new Hono();
  app.onError((error, c) => c.json({ code: failureOf(error).code }, 400));
  app.use(onlyAllowed(access));
  app.get("/who", (c) => c.json(answererOf(c, access, c.req.query("person"))));
  return async (address: string, cookies: readonly string[] = []): Promise<Response> =>
    app.request(address, { headers: { host: "studio", cookie: cookies.join("; ") } });
}

/** What a browser keeps after a response. @param before what it has kept already */
function kept(response: Response, before: readonly string[] = []): string[] {
  const cookies = new Map(before.map((cookie) => [cookie.split("=")[0]!, cookie] as const));
  for (const set of response.headers.getSetCookie()) {
    const cookie = set.split(";")[0]!;
    cookies.delete(cookie.split("=")[0]!);
    if (!set.includes("Max-Age=0")) cookies.set(cookie.split("=")[0]!, cookie);
  }
  return [...cookies.values()];
}

describe("without a token of their own, a person", () => {
  const ask = who({});
  const nameOf = async (given: string): Promise<unknown> =>
    (await ask(`/who?person=${encodeURIComponent(given)}`)).json();

  it("is the one that the page names, else the user of the operating system", async () => {
    expect(await nameOf(" heron ")).toEqual({ person: "heron", isProved: false });
    expect(await nameOf("")).toEqual({ person: personHere(), isProved: false });
    expect(await (await ask("/who")).json()).toEqual({ person: personHere(), isProved: false });
  });

  it.each([["  "], ["h".repeat(201)]])("cannot be %j", async (given) => {
    expect(await nameOf(given)).toEqual({ code: "WRONG_TYPE" });
  });
});

describe("with tokens of several people", () => {
  const ask = who({
    visitors: [
      { token: "heron-token", person: "heron" },
      { token: "egret-token", person: "egret" },
    ],
  });

  test("each is who their token says, whatever name the page sends", async () => {
    expect(await (await ask("/who")).json()).toEqual({ code: "REQUEST_REFUSED" });
    const heron = kept(await ask("/?token=heron-token"));
    expect(await (await ask("/who?person=tern", heron)).json()).toEqual({ person: "heron", isProved: true });
  });

  test("in one browser, the last address opened says who it is", async () => {
    const heron = kept(await ask("/?token=heron-token"));
    const egret = kept(await ask("/?token=egret-token", heron), heron);
    expect(egret).toHaveLength(1);
    expect(await (await ask("/who", egret)).json()).toEqual({ person: "egret", isProved: true });
  });
});
