import { readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { admit, revoke, studioDirectory, type Visitor } from "../../../studio/server/admissions.js";
import { leadingFile, newCode } from "../../../studio/server/codes.js";
import { Sessions } from "../../../studio/server/sessions.js";
import { useDirectory } from "../../support/directory.js";
import { openStudio } from "../../support/studio.js";

const home = useDirectory();
const owner: Visitor = { subject: "owner" };
const heron: Visitor = { subject: "person heron", person: "heron" };
const [day, minute] = [24 * 60 * 60 * 1000, 60_000];

const refused = expect.objectContaining({ code: "NO_SESSION" }) as unknown;

/** What a studio answers to a request, and the code of an error. */
const codeOf = async (response: Response): Promise<[number, string | undefined]> => [
  response.status,
  ((await response.json()) as { error?: { code: string } }).error?.code,
];

describe("data", () => {
  test.each([
    ["without a session", {}],
    ["with a cookie", { cookie: "token=a; pawl-session=a" }],
    ["with an unknown session", { authorization: "Bearer a" }],
    ["with another scheme", { authorization: "Basic a" }],
  ])("is not for a request %s, also on this machine's own address", async (_what, headers) => {
    const { ask, sessions } = openStudio(home());
    const secret = await sessions.open(owner);
    for (const address of ["/api/runs", "/api/live?runs=1", "/api/nothing", `/api/runs?token=${secret}`])
      expect(await codeOf(await ask(address, { headers: { authorization: "", ...headers } }))).toEqual([
        401,
        "NO_SESSION",
      ]);
    const post = { method: "POST", body: "{}", headers: { authorization: "", ...headers } };
    expect(await codeOf(await ask("/api/runs/poems-1/cancel", post))).toEqual([401, "NO_SESSION"]);
  });

  test("is for one with a session; no response sets a cookie, which would reach other users' ports", async () => {
    const { ask } = openStudio(home());
    const code = JSON.stringify({ link: "none" });
    for (const [address, options] of [
      ["/api/runs", {}],
      ["/", {}],
      ["/api/session", { method: "POST", body: code }],
    ] as const) {
      const response = await ask(address, options);
      expect([200, 401]).toContain(response.status);
      expect(response.headers.getSetCookie()).toEqual([]);
    }
  });

  test("a page is for everybody: it holds none", async () => {
    const { ask } = openStudio(home());
    expect((await ask("/runs", { headers: { authorization: "" } })).status).toBe(200);
  });
});

describe("a code", () => {
  const enter = (sessions: Sessions, code: string): Promise<string> => sessions.enter({ code });

  test("opens one session, of the owner", async () => {
    const sessions = new Sessions(home(), [owner, heron]);
    const code = await newCode(home(), sessions.instance);
    const tries = await Promise.allSettled([1, 2, 3].map(() => enter(sessions, code)));
    const opened = tries.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    expect(opened).toHaveLength(1);
    expect(await sessions.findVisitor(opened[0]!)).toEqual(owner);
    await expect(enter(sessions, code)).rejects.toEqual(refused);
  });

  test("opens none at another studio, which may listen on its port later, nor where nobody is the owner", async () => {
    const [first, second] = [new Sessions(home(), [owner]), new Sessions(home(), [owner])];
    await expect(enter(second, await newCode(home(), first.instance))).rejects.toEqual(refused);
    const shared = new Sessions(home(), [heron]);
    await expect(enter(shared, await newCode(home(), shared.instance))).rejects.toEqual(refused);
    for (const code of ["", "..", "../../key"]) await expect(enter(first, code)).rejects.toEqual(refused);
  });

  test("opens none after a quarter of an hour, and is removed by the next", async () => {
    const sessions = new Sessions(home(), [owner]);
    const code = await newCode(home(), sessions.instance);
    const directory = path.join(studioDirectory(home()), "codes");
    const age = (ms: number): void => {
      const at = new Date(Date.now() - ms);
      for (const name of readdirSync(directory)) utimesSync(path.join(directory, name), at, at);
    };
    age(16 * minute);
    await expect(enter(sessions, code)).rejects.toEqual(refused);
    await newCode(home(), sessions.instance);
    await leadingFile(home(), "http://127.0.0.1/#code=a");
    age(16 * minute);
    await newCode(home(), sessions.instance);
    expect(readdirSync(directory)).toHaveLength(1);
  });

  test("and the file that leads a browser to it can be read by its user only", async () => {
    const code = await newCode(home(), "a");
    const file = new URL(await leadingFile(home(), `http://127.0.0.1/?a=1&b="#code=${code}`));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(studioDirectory(home())).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(path.join(studioDirectory(home()), "codes"))) {
      expect(statSync(path.join(studioDirectory(home()), "codes", name)).mode & 0o077).toBe(0);
      expect(name).not.toContain(code);
    }
  });
});

describe("a link", () => {
  test("opens sessions of its person on several devices, also in another process", async () => {
    const link = await admit(home(), heron.subject);
    for (const sessions of [new Sessions(home(), [owner, heron]), new Sessions(home(), [heron])])
      for (const _device of ["a", "b"])
        expect(await sessions.findVisitor(await sessions.enter({ link }))).toEqual(heron);
    expect(await admit(home(), heron.subject)).toBe(link);
  });

  test("of several processes that make it at the same time, one does", async () => {
    const links = await Promise.all(Array.from({ length: 8 }, () => admit(home(), heron.subject)));
    expect(new Set(links).size).toBe(1);
  });

  test("opens none of somebody who is not admitted, and none of the owner", async () => {
    const link = await admit(home(), heron.subject);
    await expect(new Sessions(home(), [{ subject: "person egret" }]).enter({ link })).rejects.toEqual(refused);
    const owners = await admit(home(), "owner");
    await expect(new Sessions(home(), [owner, heron]).enter({ link: owners })).rejects.toEqual(refused);
    for (const wrong of ["", `${link}a`])
      await expect(new Sessions(home(), [heron]).enter({ link: wrong })).rejects.toEqual(refused);
  });

  test("works for 30 days: then its sessions end, and there is a new one", async () => {
    const sessions = new Sessions(home(), [heron]);
    const link = await admit(home(), heron.subject);
    const session = await sessions.enter({ link });
    const [name] = readdirSync(path.join(studioDirectory(home()), "admissions"));
    const age = (ms: number): void =>
      writeFileSync(
        path.join(studioDirectory(home()), "admissions", name!),
        JSON.stringify({ link, madeAtMs: Date.now() - ms }),
      );
    age(29 * day);
    expect(await sessions.findVisitor(session)).toEqual(heron);
    age(31 * day);
    expect(await sessions.findVisitor(session)).toBeUndefined();
    await expect(sessions.enter({ link })).rejects.toEqual(refused);
    expect(await admit(home(), heron.subject)).not.toBe(link);
  });

  test("that is revoked ends with its sessions, and no others", async () => {
    const sessions = new Sessions(home(), [owner, heron]);
    const link = await admit(home(), heron.subject);
    const [herons, owners] = [await sessions.enter({ link }), await sessions.open(owner)];
    expect(await revoke(home(), heron.subject)).toBe(true);
    expect(await revoke(home(), heron.subject)).toBe(false);
    expect([await sessions.findVisitor(herons), await sessions.findVisitor(owners)]).toEqual([undefined, owner]);
    await expect(sessions.enter({ link })).rejects.toEqual(refused);
    await admit(home(), heron.subject);
    expect(await sessions.findVisitor(herons)).toBeUndefined();
    await revoke(home());
    expect(await sessions.findVisitor(owners)).toBeUndefined();
  });
});

describe("a session", () => {
  test("ends after seven days, by a clock that nobody sets", async () => {
    let nowMs = 0;
    const sessions = new Sessions(home(), [owner], () => nowMs);
    const secret = await sessions.open(owner);
    nowMs = 7 * day - 1;
    expect(await sessions.findVisitor(secret)).toEqual(owner);
    nowMs = 7 * day;
    expect(await sessions.findVisitor(secret)).toBeUndefined();
  });

  test("ends when its subject has opened a hundred others; those of others stay", async () => {
    const sessions = new Sessions(home(), [owner, heron]);
    const [owners, first, second] = [
      await sessions.open(owner),
      await sessions.open(heron),
      await sessions.open(heron),
    ];
    for (let more = 0; more < 99; more++) await sessions.open(heron);
    expect(await Promise.all([owners, first, second].map((one) => sessions.findVisitor(one)))).toEqual([
      owner,
      undefined,
      heron,
    ]);
  });

  test("is not one of the next process, which may have lost its port to another user's program meanwhile", async () => {
    const secret = await new Sessions(home(), [owner]).open(owner);
    expect(await new Sessions(home(), [owner]).findVisitor(secret)).toBeUndefined();
  });
});

describe("a ticket", () => {
  const headers = { authorization: "" };
  const ticketFor = async ({ ask }: ReturnType<typeof openStudio>, address: string): Promise<string> => {
    const response = await ask("/api/tickets", { method: "POST", body: JSON.stringify({ address }) });
    return ((await response.json()) as { ticket: string }).ticket;
  };

  test("answers one request, of one address", async () => {
    const studio = openStudio(home());
    const ticket = await ticketFor(studio, "/api/runs?a=b%20c");
    expect((await studio.ask(`/api/runs?a=b+c&ticket=${ticket}`, { headers })).status).toBe(200);
    expect((await studio.ask(`/api/runs?a=b+c&ticket=${ticket}`, { headers })).status).toBe(401);
    const others = await ticketFor(studio, "/api/runs");
    expect((await studio.ask(`/api/pipelines?ticket=${others}`, { headers })).status).toBe(401);
    const posted = await ticketFor(studio, "/api/tickets");
    expect((await studio.ask(`/api/tickets?ticket=${posted}`, { method: "POST", headers })).status).toBe(401);
  });

  test("works for a minute, and ends with its session", async () => {
    let nowMs = 0;
    const sessions = new Sessions(home(), [owner], () => nowMs);
    const late = sessions.newTicket(await sessions.open(owner), "/api/runs");
    nowMs = minute;
    expect(sessions.useTicket(late, "/api/runs")).toBeUndefined();
    const studio = openStudio(home());
    const ticket = await ticketFor(studio, "/api/runs");
    await revoke(home());
    expect((await studio.ask(`/api/runs?ticket=${ticket}`, { headers })).status).toBe(401);
  });
});

test("the live connection of a session that was revoked ends", async () => {
  jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "performance", "Date"] });
  const response = await openStudio(home()).ask("/api/live?runs=1");
  const reader = response.body!.getReader();
  await reader.read();
  await revoke(home());
  await jest.advanceTimersByTimeAsync(16_000);
  for (;;) if ((await reader.read()).done) break;
  jest.useRealTimers();
});
