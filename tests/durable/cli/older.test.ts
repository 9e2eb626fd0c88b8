import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { Shell } from "./shell.js";
const shell = new Shell();
/** The source sends half of the file until this is true. */
let generous = false;
const hanging: ServerResponse[] = [];
const source = createServer((_, response) => {
  response.setHeader("content-length", 8);
  if (generous) return response.end("one fish");
  response.write("one ");
  hanging.push(response);
});
afterAll(() => void source.close());

shell.pipeline("quick", "stages:\n  data:\n    uses: dataset\n    with: { source: { text: one fish } }\n");

/** Makes the running server and workers look like those of a different version. */
function age(): void {
  writeFileSync(path.join(shell.home, "up.json"), JSON.stringify({ ...shell.up(), build: "older" }));
}

test("a background server and its workers of a different version are restarted; a run under way continues", async () => {
  source.listen(0, "127.0.0.1");
  await once(source, "listening");
  await shell.ownPorts();
  const { port } = source.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/data.txt`;
  shell.pipeline("slow", `stages:\n  data:\n    uses: dataset\n    with: { source: { url: "${url}" } }\n`);
  const asked = once(source, "request");
  const slow = await shell.detached("slow");
  await asked;
  const before = shell.up();
  expect(before).toMatchObject({ build: expect.stringMatching(/^[0-9a-f]{64}$/), byHand: false });
  expect((await shell.pawl("run", "quick", "--detach")).note).not.toContain("another build");

  age();
  generous = true;
  const { code, note } = await shell.pawl("run", "quick");
  expect({ code, note }).toMatchObject({
    code: 0,
    note: expect.stringContaining("run a different version of Pawl than this command: they are restarted"),
  });
  const after = shell.up();
  expect(after.up.pid).not.toBe(before.up.pid);
  expect(after).toMatchObject({ build: before.build, address: before.address, uiAddress: before.uiAddress });
  expect((await shell.pawl("watch", slow)).code).toBe(0);
  expect((await shell.pawl("logs", slow)).out).toMatch(/PREEMPTED[^]*data #2 {2}started[^]*finished/);
  hanging.forEach((response) => response.destroy());
});

test("`pawl up` replaces one of a different version; other commands keep one that was started by hand", async () => {
  age();
  const up = shell.start(["up"]);
  await up.printed(/Temporal {3}127/);
  const { up: process } = shell.up();
  expect(shell.up()).toMatchObject({ byHand: true });
  age();
  const { code, note } = await shell.pawl("run", "quick");
  expect({ code, note }).toMatchObject({
    code: 0,
    note: expect.stringContaining(`end \`pawl up\` (pid ${process.pid}) and start it again`),
  });
  expect(shell.up().up.pid).toBe(process.pid);
  up.kill("SIGINT");
  expect(await up.ended).toMatchObject({ code: 0, note: expect.stringContaining("they are restarted") });
});
