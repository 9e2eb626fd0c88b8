import { personHere } from "../../../api/person.js";
import { readPageFiles } from "../../../studio/server/page-files.js";
import { studioToken } from "../../../studio/server/safety.js";
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
  const response = await fetch(`${studio.address}/api/live?runs=1`);
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

test("on another host than this machine's own, nothing is shown without the token", async () => {
  const { address, visitors } = await start("0.0.0.0");
  expect(visitors).toEqual([{ token: studioToken(home()) }]);
  const reached = address.replace("0.0.0.0", "127.0.0.1");
  expect((await fetch(`${reached}/api/runs`)).status).toBe(403);
  const response = await fetch(`${reached}/runs?token=${visitors[0]!.token}`, { redirect: "manual" });
  const [cookie] = response.headers.getSetCookie();
  expect((await fetch(`${reached}/api/runs`, { headers: { cookie: cookie!.split(";")[0]! } })).status).toBe(200);
});

test("on this machine's own host, the token makes a visitor the owner, who may save", async () => {
  const { address, visitors } = await start();
  const isOwner = async (cookie: string): Promise<unknown> => {
    const response = await fetch(`${address}/api/pipelines/tiny`, { headers: { cookie } });
    return ((await response.json()) as { isOwner: unknown }).isOwner;
  };
  const response = await fetch(`${address}/runs?token=${visitors[0]!.token}`, { redirect: "manual" });
  const [cookie] = response.headers.getSetCookie();
  expect(await isOwner("")).toBe(false);
  expect(await isOwner(cookie!.split(";")[0]!)).toBe(true);
  const wrong = await fetch(`${address}/runs?token=another`, { redirect: "manual" });
  expect(wrong.headers.getSetCookie()).toEqual([]);
});

test("on another host, the token makes nobody the owner", async () => {
  const { address, visitors } = await start("0.0.0.0");
  const reached = address.replace("0.0.0.0", "127.0.0.1");
  const response = await fetch(`${reached}/runs?token=${visitors[0]!.token}`, { redirect: "manual" });
  const [cookie] = response.headers.getSetCookie();
  const headers = { cookie: cookie!.split(";")[0]! };
  const opened = await fetch(`${reached}/api/pipelines/tiny`, { headers });
  expect(await opened.json()).toMatchObject({ isOwner: false });
});

test.each([
  ["127.0.0.1", [personHere(), "heron", "egret"]],
  ["0.0.0.0", ["heron", "egret"]],
])("for some people, a studio at %s is open to their tokens only", async (host, names) => {
  const { address, visitors } = await start(host, [0], ["heron", "egret"]);
  expect(visitors.map(({ person }) => person)).toEqual(names);
  const reached = address.replace("0.0.0.0", "127.0.0.1");
  expect((await fetch(`${reached}/api/runs`)).status).toBe(403);
  for (const { token, person } of visitors) {
    const opened = await fetch(`${reached}/?token=${token}`, { redirect: "manual" });
    const cookie = opened.headers.getSetCookie().at(-1)!.split(";")[0]!;
    const response = await fetch(`${reached}/api/pipelines/tiny`, { headers: { cookie } });
    expect(await response.json()).toMatchObject({ isOwner: person === personHere() });
  }
});

test("a page that was not built is an error with the command that builds it", () => {
  expect(() => readPageFiles(`${home()}/nothing`)).toThrow(
    expect.objectContaining({ code: "SETUP_FAILED", facts: { where: `${home()}/nothing`, next: "npm run setup" } }),
  );
});
