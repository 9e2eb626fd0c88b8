import { useDirectory } from "../../support/directory.js";
import { openStudio, studioHost } from "../../support/studio.js";

const home = useDirectory();
const own = { origin: `http://${studioHost}`, "sec-fetch-site": "same-origin" };

/** The code of the error that a response reports. */
const codeOf = async (response: Response): Promise<[number, string | undefined]> => [
  response.status,
  ((await response.json()) as { error?: { code: string } }).error?.code,
];

describe("changes", () => {
  test.each([
    ["of another origin", { origin: "https://example.org" }, "a page of another origin"],
    ["of another port of this machine", { origin: "http://127.0.0.1:9999" }, "a page of another origin"],
    ["of an origin that is no address", { origin: "null" }, "a page of another origin"],
    ["of another site", { "sec-fetch-site": "cross-site" }, "a page of another site"],
  ])("%s are refused", async (_what, changed, message) => {
    const { ask } = openStudio(home());
    const response = await ask("/api/runs/poems-1/cancel", { method: "POST", headers: { ...own, ...changed } });
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
    for (const address of ["/api/runs", "/", "/api/session"])
      expect(await codeOf(await ask(address, { headers: { host } }))).toEqual([403, "REQUEST_REFUSED"]);
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
