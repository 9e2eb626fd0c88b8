import { personToken, studioToken } from "../../../studio/server/safety.js";
import { useDirectory } from "../../support/directory.js";
import { openStudio, studioHost } from "../../support/studio.js";

const home = useDirectory();
const own = { "x-pawl": "1", origin: `http://${studioHost}`, "sec-fetch-site": "same-origin" };

/** The code of the error that a response reports. */
const codeOf = async (response: Response): Promise<[number, string | undefined]> => [
  response.status,
  ((await response.json()) as { error?: { code: string } }).error?.code,
];

describe("changes", () => {
  test.each([
    ["without the header of the page", { "x-pawl": "" }, "needs the header x-pawl"],
    ["of another origin", { origin: "https://example.org" }, "a page of another origin"],
    ["of another port of this machine", { origin: "http://127.0.0.1:9999" }, "a page of another origin"],
    ["of an origin that is no address", { origin: "null" }, "a page of another origin"],
    ["of another site", { "sec-fetch-site": "cross-site" }, "a page of another site"],
  ])("%s are refused", async (_what, changed, message) => {
    const { ask } = openStudio(home());
    const headers = Object.fromEntries(Object.entries({ ...own, ...changed }).filter(([, value]) => value !== ""));
    const response = await ask("/api/runs/poems-1/cancel", { method: "POST", headers });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({
      error: { code: "REQUEST_REFUSED", message: expect.stringContaining(message) },
    });
  });

  test("of the page itself reach the action: here there is no server", async () => {
    const { ask } = openStudio(home());
    const response = await ask("/api/runs/poems-1/cancel", { method: "POST", headers: own });
    expect(await codeOf(response)).toEqual([503, "SERVER_UNREACHABLE"]);
  });
});

test.each(["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8234", ""])(
  "a request for the host %j is refused: its name may have been rebound to this machine",
  async (host) => {
    const { ask } = openStudio(home());
    expect(await codeOf(await ask("/api/runs", { headers: { host } }))).toEqual([403, "REQUEST_REFUSED"]);
  },
);

test.each(["127.0.0.1:8234", "localhost:8234", "[::1]:8234", "LOCALHOST"])(
  "the host %j is this machine's",
  async (host) => {
    const { ask } = openStudio(home());
    expect((await ask("/api/runs", { headers: { host } })).status).toBe(200);
  },
);

test("a page of another site reads no data", async () => {
  const { ask } = openStudio(home());
  expect((await ask("/api/runs", { headers: { "sec-fetch-site": "cross-site" } })).status).toBe(403);
  expect((await ask("/runs", { headers: { "sec-fetch-site": "cross-site" } })).status).toBe(200);
});

describe("with a token", () => {
  const token = "a-token";
  const host = "192.0.2.1:8234";

  test("nothing is shown without it, or with another one", async () => {
    const { ask } = openStudio(home(), { visitors: [{ token }] });
    for (const address of ["/", "/api/runs", "/assets/main-ABCD1234.js", "/api/runs?token=b-token", "/?token="])
      expect(await codeOf(await ask(address, { headers: { host } }))).toEqual([403, "REQUEST_REFUSED"]);
    const headers = { host, cookie: "pawl-studio=b-token" };
    expect((await ask("/api/runs", { headers })).status).toBe(403);
  });

  test("its address gives a cookie, and the address without it", async () => {
    const { ask } = openStudio(home(), { visitors: [{ token }] });
    const response = await ask("/runs?status=failed&token=a-token", { headers: { host } });
    expect([response.status, response.headers.get("location")]).toEqual([302, "/runs?status=failed"]);
    const cookie = response.headers.get("set-cookie")!;
    expect(cookie).toMatch(/^pawl-studio-\w+=a-token;.*HttpOnly.*SameSite=Strict/);
    expect((await ask("/api/runs", { headers: { host, cookie: cookie.split(";")[0]! } })).status).toBe(200);
  });

  test("it does not lead to another host", async () => {
    const { ask } = openStudio(home(), { visitors: [{ token }] });
    const response = await ask("//evil.example/?token=a-token", { headers: { host } });
    expect(response.headers.get("location")).toBe("/evil.example/");
  });

  test("it stays the same for a home directory, and is another one for another", () => {
    expect(studioToken(home())).toBe(studioToken(home()));
    expect(studioToken(home())).toMatch(/^[\w-]{32}$/);
  });
});

describe("with tokens of several people", () => {
  const tokens = { heron: "heron-token", egret: "egret-token" };
  const access = { visitors: Object.entries(tokens).map(([person, token]) => ({ person, token })) };

  test("a token of somebody who is not among them, or without a name, opens nothing", async () => {
    const { ask } = openStudio(home(), access);
    for (const token of [personToken(home(), "tern"), studioToken(home())])
      expect(await codeOf(await ask(`/api/runs?token=${token}`))).toEqual([403, "REQUEST_REFUSED"]);
    expect(personToken(home(), "tern")).not.toBe(personToken(home(), "heron"));
  });
});

test("every response forbids scripts of others, also one that reports an error", async () => {
  const { ask } = openStudio(home());
  for (const address of ["/", "/api/runs", "/api/nothing", "/assets/nothing.js"]) {
    const { headers } = await ask(address);
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'self';/);
    expect(headers.get("content-security-policy")).not.toContain("unsafe");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  }
});

test.each([
  ["/assets/../../../etc/passwd", "<!doctype html>"],
  ["/assets/..%2F..%2F1.json", "there is no such file"],
  ["/assets/%2E%2E%2F1.html", "there is no such file"],
])("the address %s reaches no file of the disk", async (address, expected) => {
  const { ask } = openStudio(home());
  expect(await (await ask(address)).text()).toContain(expected);
});
