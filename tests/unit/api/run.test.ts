import type { Client } from "@temporalio/client";
import { PawlError } from "pawl";
import { openRun } from "../../../api/run.js";
import type { Server } from "../../../api/servers/server.js";
import type { RunState, StageState } from "../../../schemas/run.js";
import { useDirectory } from "../../support/directory.js";
import { clientWithPollers } from "../../support/pollers.js";

const home = useDirectory();
const stage: StageState = {
  ...{ id: "base", uses: "pretrain", status: "running", attempts: 1, outputs: {}, metrics: { loss: 2 } },
  ...{ key: "k", workedMs: 5 },
};
const running: RunState = { pipeline: "p", status: "running", stages: [stage], outputs: {} };

/** A server with one run, whose looks find these statuses, the last one again and again. */
function server(statuses: string[], state: RunState, onLook = (): void => undefined) {
  const cancel = jest.fn(async () => undefined);
  const client = {
    ...clientWithPollers({}),
    withDeadline: (_: unknown, work: () => unknown) => work(),
    workflow: {
      getHandle: (id: string) => ({
        cancel,
        query: async () => state,
        describe: async () => {
          onLook();
          if (id !== "r") throw Object.assign(new Error("not found"), { name: "WorkflowNotFoundError" });
          const name = statuses.length > 1 ? statuses.shift() : statuses[0];
          return { status: { name }, startTime: new Date(0), raw: {} };
        },
        result: async () => undefined,
      }),
      list: async function* () {},
    },
  } as unknown as Client;
  const followMove = async (): Promise<void> => undefined;
  const server: Server = { client, address: "a:1", embedded: true, followMove, close: async () => undefined };
  const closing = new AbortController();
  const run = (id = "r") => openRun({ server, home: home(), closed: closing.signal }, id);
  return { cancel, run, close: () => closing.abort(new Error("closed")) };
}

test("status reports what is public of a run", async () => {
  expect(await server(["RUNNING"], running).run().status()).toEqual({
    id: "r",
    status: "running",
    stages: [{ id: "base", status: "running", attempts: 1, outputs: {}, metrics: { loss: 2 } }],
    outputs: {},
  });
});

test.each(["status", "result", "cancel"] as const)("%s of a run that nobody knows", async (method) => {
  const { run } = server(["RUNNING"], running);
  await expect(run("x")[method]()).rejects.toMatchObject({ code: "RUN_NOT_FOUND", message: "there is no run x" });
});

describe("result", () => {
  test("waits for the end", async () => {
    const done: RunState = { ...running, status: "succeeded", outputs: { total: 5 } };
    const result = await server(["RUNNING", "COMPLETED"], done).run().result();
    expect(result).toMatchObject({ id: "r", status: "succeeded", outputs: { total: 5 } });
  });

  test("throws the failure of the stage that made the run fail", async () => {
    const failure = {
      ...({ code: "LOSS_NOT_FINITE", class: "divergence", message: "the loss is NaN" } as const),
      facts: { got: "NaN", next: "lower learningRate" },
    };
    const state: RunState = { ...running, status: "failed", stages: [{ ...stage, status: "failed", failure }] };
    const thrown = await server(["FAILED"], state)
      .run()
      .result()
      .catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(PawlError);
    expect(thrown).toMatchObject({
      code: "LOSS_NOT_FINITE",
      message: "run r failed: stages.base: the loss is NaN",
      facts: { got: "NaN", next: "lower learningRate" },
    });
  });

  test("throws if no stage says why", async () => {
    const state: RunState = { ...running, status: "failed", stages: [] };
    await expect(server(["FAILED"], state).run().result()).rejects.toMatchObject({
      code: "INTERNAL",
      message: "run r failed: the run failed and recorded no reason",
      facts: { next: "pawl status r" },
    });
  });

  test("throws if the run was canceled", async () => {
    await expect(
      server(["CANCELLED"], { ...running, status: "cancelled" })
        .run()
        .result(),
    ).rejects.toMatchObject({
      code: "RUN_CANCELED",
      facts: { next: "pawl resume r" },
    });
  });

  test("is waited for until the signal is given", async () => {
    const stop = new AbortController();
    const { run } = server(["RUNNING"], running, () => stop.abort(new Error("enough")));
    await expect(run().result({ signal: stop.signal })).rejects.toThrow("enough");
  });

  test("is not waited for once the connection is closed", async () => {
    const { run, close } = server(["RUNNING"], running, () => close());
    await expect(run().result()).rejects.toThrow("closed");
  });
});

describe("cancel", () => {
  test("asks the run to stop", async () => {
    const { run, cancel } = server(["RUNNING"], running);
    await run().cancel();
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  test("refuses a run that has ended", async () => {
    const { run, cancel } = server(["COMPLETED"], { ...running, status: "succeeded" });
    await expect(run().cancel()).rejects.toMatchObject({
      code: "NOT_ALLOWED",
      message: "run r has already ended: succeeded",
      facts: { next: "pawl status r" },
    });
    expect(cancel).not.toHaveBeenCalled();
  });
});
