import type { Client } from "@temporalio/client";
import { connectClient } from "../../../worker/server/connection.js";
import { startDevServer, type DevServer } from "../../../worker/server/dev-server.js";
import { runFailure } from "../support/fleet.js";
import { Shell } from "./shell.js";

const shell = new Shell();
const definition = `name: inline
stages:
  code: { uses: command, with: { shell: true, run: 'echo hello > "$PAWL_OUTPUTS/a"', outputs: { a: files } } }
`;
let server: DevServer;
let client: Client;

beforeAll(async () => {
  server = await startDevServer();
  client = await connectClient(server);
});
afterAll(async () => {
  await client.connection.close();
  await server.stop();
});

/**
 * Runs a definition that comes with the request on a worker that was started with these options.
 */
async function outcome(workflowId: string, ...options: string[]): Promise<unknown> {
  const { address, namespace } = server;
  const environment = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
  const worker = shell.start(["worker", "--processes", "1", "--gpus", "0", ...options], { environment });
  await worker.printed(/cpu 1 is ready/);
  const run = await client.workflow.start("pipeline", { workflowId, taskQueue: "pawl", args: [{ definition }] });
  const result = await run.result().catch(() => runFailure(run));
  worker.kill("SIGTERM");
  expect((await worker.ended).code).toBe(0);
  return result;
}

test("a definition that came with the request runs code only on workers that were started with --allow-inline-code", async () => {
  expect(await outcome("refused")).toMatchObject({ message: expect.stringContaining("--allow-inline-code") });
  expect(await outcome("allowed", "--allow-inline-code")).toMatchObject({ stages: { code: { status: "succeeded" } } });
});
