import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import path from "node:path";
import { Client, Connection } from "@temporalio/client";
import { asServerError } from "../../api/servers/grpc.js";
import { packageRoot } from "../../platform/program/locations.js";
import { startDevServer, type DevServer, type DevServerOptions } from "../../worker/server/dev-server.js";
import { SmallDisk } from "../support/small-disk.js";
import { runFailure, Fleet, queryRunState } from "./support/fleet.js";
import { plan, stage } from "./support/plans.js";

const disk = new SmallDisk();
const isMounted = disk.mount();
afterAll(() => disk.remove());

const files = (): DevServerOptions => ({
  database: path.join(disk.home, "temporal.sqlite"),
  logFile: path.join(disk.home, "server.log"),
  processFile: path.join(disk.home, "server.process"),
});
const full = { code: "DISK_FULL", facts: { where: disk.home, got: expect.stringMatching(/^0 MB free of \d+ MB$/) } };

(isMounted ? describe : describe.skip)("a disk that is full under the server (needs root, to mount one)", () => {
  let server: DevServer | undefined;
  afterEach(async () => {
    await server?.kill();
    server = undefined;
    delete process.env["PAWL_HOME"];
  });

  test("is why it does not start, though its log has no room to say so", async () => {
    disk.fill();
    await expect(startDevServer(files())).rejects.toMatchObject(full);
    disk.free();
    server = await startDevServer(files());
    await server.stop();
  });

  test("is reported by requests to a running server, which loses nothing that it had", async () => {
    process.env["PAWL_HOME"] = disk.home;
    server = await startDevServer(files());
    const start = async (workflowId: string): Promise<unknown> => {
      const connection = await Connection.connect({ address: server!.address });
      try {
        const { workflow } = new Client({ connection });
        return await workflow.start("nobody's", { workflowId, taskQueue: "nobody's", args: ["a".repeat(100_000)] });
      } finally {
        await connection.close();
      }
    };
    await start("before");
    disk.fill();
    // What the files have room for already may still be taken.
    let refused: unknown;
    for (let i = 0; refused === undefined && i < 500; i++)
      await start(`full-${i}`).catch((error: unknown) => (refused = error));
    expect(asServerError(refused, { address: server.address, embedded: true })).toMatchObject({ code: "DISK_FULL" });
    await server.kill();
    disk.free();
    server = await startDevServer(files());
    const connection = await Connection.connect({ address: server.address });
    const before = await new Client({ connection }).workflow.getHandle("before").describe();
    expect(before.status.name).toBe("RUNNING");
    await connection.close();
  });
});

(isMounted ? test : test.skip)(
  "a run that begins on a full disk waits for space, as a stage does (needs root)",
  async () => {
    const fleet = new Fleet({ home: disk.home, processes: 1 });
    try {
      await fleet.start();
      // The home directory is in use already: it has its key, without which no plan is loaded.
      await (await fleet.launch(plan([stage("first", {})], { seed: 39 }))).result();
      disk.fill();
      const run = await fleet.launch(plan([stage("a", {})], { seed: 40 }));
      const { retry } = stage("b", {});
      const hasty = await fleet.launch(plan([stage("b", {}, { retry: { ...retry, diskWaitMs: 1 } })], { seed: 41 }));
      // It waits for as long as its plan says.
      expect(await runFailure(hasty)).toMatchObject({
        type: "DISK_FULL",
        message: expect.stringMatching(/the disk has been full for 0.001 s \(retry.diskWait\)/) as string,
      });
      expect((await run.describe()).status.name).toBe("RUNNING");
      disk.free();
      expect((await run.result()).stages["a"]).toMatchObject({ status: "succeeded" });
      expect(await queryRunState(run)).not.toHaveProperty("failure");
    } finally {
      await fleet.stop();
    }
  },
);

test("a worker process outlives a log that has no room", () => {
  const module = path.join(packageRoot(), "dist", "worker", "supervision", "worker-process.js");
  const source = `import { stopRequest } from ${JSON.stringify(module)};
    stopRequest();
    process.stderr.write("a line that is lost", () => process.stdout.write("another", () => process.exit(7)));`;
  const full = openSync("/dev/full", "w");
  const { status } = spawnSync(process.execPath, ["--input-type=module", "-e", source], {
    stdio: ["ignore", full, full],
  });
  closeSync(full);
  expect(status).toBe(7);
});
