import { readPageFiles } from "../../../studio/server/page-files.js";
import { newCode } from "../../../studio/server/codes.js";
import { startStudio, type RunningStudio } from "../../../studio/server/start.js";
import { useDirectory } from "../../support/directory.js";
import { pageOfTwoFiles } from "../../support/studio.js";

const home = useDirectory();
const running: RunningStudio[] = [];
afterEach(() => Promise.all(running.splice(0).map((studio) => studio.close())));

async function start(
  host = "127.0.0.1",
  ports: readonly number[] = [0],
  people: readonly string[] = [],
): Promise<RunningStudio> {
  const studio = await startStudio({ home: home(), files: pageOfTwoFiles(home()), host, ports, people });
  running.push(studio);
  return studio;
}

/** Opens a session as the page does, and returns what its requests carry. */
async function enter(address: string, shown: object): Promise<{ status: number; headers: Record<string, string> }> {
  const response = await fetch(`${address}/api/session`, { method: "POST", body: JSON.stringify(shown) });
  const { session } = (await response.json()) as { session?: string };
  return { status: response.status, headers: { authorization: `Bearer ${session}` } };
}

const linkIn = (address: string): string => new URL(address).hash.slice("#link=".length);

const isOwner = async (address: string, headers: Record<string, string>): Promise<unknown> => {
  const response = await fetch(`${address}/api/pipelines/tiny`, { headers });
  return ((await response.json()) as { isOwner: unknown }).isOwner;
};

test("a studio answers on its port, compressed, and not after it was closed", async () => {
  const { address } = await start();
  const response = await fetch(`${address}/runs`, { headers: { "accept-encoding": "br" } });
  expect([response.status, response.headers.get("content-encoding")]).toEqual([200, "br"]);
  expect(await response.text()).toContain("<title>Pawl</title>");
  await running.pop()!.close();
  await expect(fetch(address)).rejects.toThrow();
});

test("a connection is not closed for being idle: what its client is sending then would be lost", async () => {
  const response = await fetch(`${(await start()).address}/runs`);
  // How long the server would keep it.
  expect(response.headers.get("keep-alive")).toBeNull();
  await response.body!.cancel();
});

test("a page that is open is counted, and does not keep the studio from closing", async () => {
  const studio = await start();
  const { headers } = await enter(studio.address, { code: await newCode(home(), studio.instance!) });
  const response = await fetch(`${studio.address}/api/live?runs=1`, { headers });
  const reader = response.body!.getReader();
  await reader.read();
  expect(studio.isWatched()).toBe(true);
  await running.pop()!.close();
  // The connection is cut, or ends: nothing waits for the page.
  await reader.closed.catch((error: unknown) => expect(error).toHaveProperty("name", "TypeError"));
});

test("a port that is in use is an error if it was asked for, and else another one is taken", async () => {
  const { address } = await start();
  const port = Number(new URL(address).port);
  await expect(start("127.0.0.1", [port])).rejects.toMatchObject({
    code: "PORT_TAKEN",
    facts: { where: `127.0.0.1:${port}`, next: "choose another one with --port, or leave it out" },
  });
  expect((await start("127.0.0.1", [port, 0])).address).not.toBe(address);
});

test("on another host than this machine's own, who has the link gets a session, on several devices, and is not the owner", async () => {
  const { address, links, instance } = await start("0.0.0.0");
  expect(links).toEqual([{ address: expect.stringMatching(`^${address}/#link=[\\w-]{43}$`) }]);
  expect(instance).toBeUndefined();
  const reached = address.replace("0.0.0.0", "127.0.0.1");
  expect((await fetch(`${reached}/api/runs`)).status).toBe(401);
  for (const _device of ["a", "b"]) {
    const { headers } = await enter(reached, { link: linkIn(links[0]!.address) });
    expect((await fetch(`${reached}/api/runs`, { headers })).status).toBe(200);
    expect(await isOwner(reached, headers)).toBe(false);
  }
});

test("on this machine's own host, a code makes a visitor the owner, who may save; without one nothing is shown", async () => {
  const { address, links, instance } = await start();
  expect(links).toEqual([]);
  expect((await fetch(`${address}/api/runs`)).status).toBe(401);
  const code = await newCode(home(), instance!);
  const { headers } = await enter(address, { code });
  expect(await isOwner(address, headers)).toBe(true);
  expect((await enter(address, { code })).status).toBe(401);
  expect((await enter(address, { code, link: "a" })).status).toBe(409);
});

test.each(["127.0.0.1", "0.0.0.0"])("for some people, a studio at %s has a link for each of them", async (host) => {
  const { address, links } = await start(host, [0], ["heron", "egret"]);
  expect(links.map(({ person }) => person)).toEqual(["heron", "egret"]);
  const reached = address.replace("0.0.0.0", "127.0.0.1");
  expect((await fetch(`${reached}/api/runs`)).status).toBe(401);
  for (const link of links) {
    const { headers } = await enter(reached, { link: linkIn(link.address) });
    expect(await isOwner(reached, headers)).toBe(false);
  }
  const again = await start(host, [0], ["heron"]);
  expect(again.links[0]!.address).toContain(linkIn(links[0]!.address));
  const there = again.address.replace("0.0.0.0", "127.0.0.1");
  expect((await enter(there, { link: linkIn(links[1]!.address) })).status).toBe(401);
});

test("a page that was not built is an error with the command that builds it", () => {
  expect(() => readPageFiles(`${home()}/nothing`)).toThrow(
    expect.objectContaining({ code: "SETUP_FAILED", facts: { where: `${home()}/nothing`, next: "npm run setup" } }),
  );
});
