import type { Server } from "../../../api/server.js";
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

test("without a server it says so", async () => {
  const link = new ServerLink("/home", () => Promise.resolve(undefined));
  await expect(link.required()).rejects.toMatchObject({ code: "SERVER_UNREACHABLE", facts: { where: "/home" } });
});
