import type { Server } from "../../../api/servers/server.js";
import { ServerLink } from "../../../studio/server/server-link.js";

const server = {
  address: "127.0.0.1:7233",
  followMove: () => Promise.resolve(),
  close: () => Promise.resolve(),
  client: {
    connection: { workflowService: { getSystemInfo: () => Promise.resolve({}) } },
    withDeadline: (_: number, use: () => Promise<unknown>) => use(),
  },
} as unknown as Server;

test("what needs the server looks again after a look that began before the server was there", async () => {
  const looks: ((found: Server | undefined) => void)[] = [];
  const link = new ServerLink("/home", () => new Promise((resolve) => looks.push(resolve)));
  const before = link.current();
  const required = link.required();
  looks[0]!(undefined);
  expect(await before).toBeUndefined();
  while (looks.length < 2) await new Promise(setImmediate);
  looks[1]!(server);
  expect(await required).toBe(server);
});

test("a server that is away is looked for again though the system's clock was set back by a day", async () => {
  let looks = 0;
  const link = new ServerLink("/home", () => Promise.resolve(++looks === 1 ? undefined : server));
  let passed = 0;
  const [now, epoch] = [performance.now(), Date.now()];
  jest.spyOn(performance, "now").mockImplementation(() => now + passed);
  jest.spyOn(Date, "now").mockImplementation(() => epoch + passed - (passed > 0 ? 86_400_000 : 0));
  try {
    expect(await link.current()).toBeUndefined();
    passed = 3000;
    expect(await link.current()).toBe(server);
  } finally {
    jest.restoreAllMocks();
  }
});

test("without a server it says so", async () => {
  const link = new ServerLink("/home", () => Promise.resolve(undefined));
  await expect(link.required()).rejects.toMatchObject({ code: "SERVER_UNREACHABLE", facts: { where: "/home" } });
});
