import { once } from "node:events";
import { createServer, request, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { startUiProxy, type UiProxy } from "../../../cli/embedded/ui-proxy.js";

/** A request that the UI got. */
interface Asked {
  what: string;
  headers: IncomingHttpHeaders;
  body: string;
}

const servers: Server[] = [];
let asked: Asked[];
let proxy: UiProxy;
beforeEach(async () => {
  asked = [];
  proxy = await startUiProxy(0);
  proxy.leadTo(await startUi());
});
afterEach(async () => {
  await proxy.close();
  for (const server of servers.splice(0)) server.close();
});

/** A UI that answers whoever reaches it, as Temporal's does. */
async function startUi(): Promise<string> {
  const server = createServer((got, answer) => {
    void (async () => {
      let body = "";
      for await (const piece of got) body += String(piece);
      asked.push({ what: `${got.method} ${got.url}`, headers: got.headers, body });
      answer.setHeader("set-cookie", "_csrf=a");
      answer.end("runs");
    })();
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Fetch would set the host itself. */
function ask(path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
  return new Promise<{ status: number; headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
    const { body, ...rest } = options;
    const sent = request(`${proxy.address}${path}`, { ...rest, agent: false }, (answer) => {
      let text = "";
      answer.on("data", (piece) => (text += String(piece)));
      answer.on("end", () => resolve({ status: answer.statusCode!, headers: answer.headers, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const own = (): string => new URL(proxy.address).host;

test("what a page of the UI asks reaches it, with cookies and bodies; no other page may show it in a frame", async () => {
  const read = await ask("/namespaces/a/workflows?query=a%20b", {
    headers: { cookie: "_csrf=a", host: `localhost:${new URL(proxy.address).port}` },
  });
  expect([read.status, read.text, read.headers["set-cookie"], read.headers["x-frame-options"]]).toEqual([
    200,
    "runs",
    ["_csrf=a"],
    "DENY",
  ]);
  const headers = { origin: `http://${own()}`, "sec-fetch-site": "same-origin", "x-csrf-token": "a" };
  expect((await ask("/api/v1/namespaces/a/workflows/b", { method: "POST", headers, body: "{}" })).status).toBe(200);
  expect(asked).toMatchObject([
    { what: "GET /namespaces/a/workflows?query=a%20b", headers: { cookie: "_csrf=a" } },
    { what: "POST /api/v1/namespaces/a/workflows/b", headers: { "x-csrf-token": "a" }, body: "{}" },
  ]);
  expect(asked.map(({ headers: { origin } }) => origin)).toEqual([undefined, undefined]);
});

test.each([
  ["for a name that was rebound to this machine", "GET", { host: "evil.example:8233" }],
  [
    "for a page of that name",
    "POST",
    { host: "evil.example:8233", origin: "http://evil.example:8233", "sec-fetch-site": "same-origin" },
  ],
  ["for another address of this machine", "GET", { host: "127.0.0.2:8233" }],
  ["of another site", "GET", { "sec-fetch-site": "cross-site" }],
  ["of another port of this machine", "GET", { "sec-fetch-site": "same-site" }],
  [
    "of another origin, as a form can send it",
    "POST",
    { origin: "https://evil.example", "content-type": "text/plain" },
  ],
  ["of another port's origin", "POST", { origin: "http://127.0.0.1:9999" }],
  ["of a sandboxed page", "POST", { origin: "null" }],
  ["of another site, without an origin", "DELETE", { "sec-fetch-site": "cross-site" }],
])("a request %s is refused, and does not reach the UI", async (_what, method, headers) => {
  const answer = await ask("/api/v1/namespaces", { method, headers: headers });
  expect([answer.status, answer.headers["set-cookie"]]).toEqual([403, undefined]);
  expect(JSON.parse(answer.text)).toMatchObject({ error: { code: "REQUEST_REFUSED" } });
  expect(asked).toEqual([]);
});

test("while the server is restarted, it says so; then it leads to the new address", async () => {
  servers[0]!.close();
  const answer = await ask("/");
  expect([answer.status, JSON.parse(answer.text)]).toEqual([
    503,
    { error: expect.objectContaining({ code: "SERVER_UNREACHABLE" }) },
  ]);
  proxy.leadTo(await startUi());
  expect((await ask("/")).text).toBe("runs");
});

test("a port that is in use is an error", async () => {
  const port = Number(new URL(proxy.address).port);
  await expect(startUiProxy(port)).rejects.toMatchObject({ code: "PORT_TAKEN", facts: { where: `127.0.0.1:${port}` } });
});
