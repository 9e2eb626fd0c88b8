import childProcess from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { connectToRunning } from "../../worker/server/connection.js";
import { freePort, startDevServer } from "../../worker/server/dev-server.js";
import { useDirectory } from "../support/directory.js";
const directory = useDirectory();

test("of several servers that want one port at the same moment one runs; the others say that it is taken", async () => {
  const port = await freePort();
  const settled = await Promise.allSettled([1, 2, 3].map(() => startDevServer({ port })));
  const started = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const refused = settled.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  await Promise.all(started.map((server) => server.stop()));
  expect(started).toHaveLength(1);
  expect(refused).toEqual(Array(2).fill(expect.objectContaining({ code: "PORT_TAKEN" })));
});

test("its UI is at an address that no page can guess, and nowhere else", async () => {
  const servers = await Promise.all([1, 2].map(() => startDevServer({ withUi: true })));
  try {
    const places = servers.map(({ hiddenUi }) => new URL(hiddenUi!));
    for (const { origin, hostname, port } of places) {
      expect(hostname).toMatch(/^127\.\d+\.\d+\.\d+$/);
      expect((await fetch(origin)).status).toBe(200);
      for (const usual of ["127.0.0.1", "localhost"]) await expect(fetch(`http://${usual}:${port}`)).rejects.toThrow();
    }
    expect(new Set([...places.map(({ hostname }) => hostname), "127.0.0.1"]).size).toBe(3);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
});

test("a server that ends each time it is launched is an error that tells how it ended", async () => {
  await expect(startDevServer({ database: directory() })).rejects.toMatchObject({
    code: "SERVER_UNREACHABLE",
    facts: { got: "it ended with code 1" },
  });
});

test("a damaged database has its own error, which names the fix", async () => {
  const database = path.join(directory(), "server.sqlite");
  writeFileSync(database, "this is no database of SQLite ".repeat(1000));
  await expect(startDevServer({ database, logFile: path.join(directory(), "server.log") })).rejects.toMatchObject({
    code: "SERVER_UNREACHABLE",
    message: "the database of the embedded server is damaged",
    facts: {
      where: database,
      got: expect.stringContaining("not a database"),
      next: expect.stringContaining("pawl resume RUN"),
    },
  });
});

test("a server's process that the system refuses is an error that tells why", async () => {
  const { spawn } = childProcess;
  jest.spyOn(childProcess, "spawn").mockImplementation(() => spawn("/no/such/program", []));
  await expect(startDevServer()).rejects.toMatchObject({
    code: "SERVER_UNREACHABLE",
    message: "the system refuses to start a process for the embedded Temporal server",
    facts: { got: "spawn /no/such/program ENOENT" },
  });
  jest.restoreAllMocks();
});

test("a connection that is closed in an outage ends what it was trying again", async () => {
  const server = await startDevServer({ database: path.join(directory(), "closed.sqlite") });
  const client = await connectToRunning(server);
  await server.kill();
  const query = client.workflow.getHandle("a run").query("state");
  await Promise.all([expect(query).rejects.toThrow("Failed to query Workflow"), client.connection.close()]);
});
