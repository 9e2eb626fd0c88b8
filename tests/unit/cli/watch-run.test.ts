import type { Client } from "@temporalio/client";
import { watchRun } from "../../../cli/watch-run.js";
import type { RunView } from "../../../cli/run-view.js";
import type { RunState } from "../../../schemas/run.js";
import { useDirectory } from "../../support/directory.js";

const home = useDirectory();
const state: RunState = { pipeline: "p", status: "running", stages: [], outputs: {} };
const unknown = Object.assign(new Error("not found"), { name: "WorkflowNotFoundError" });

/** A server that answers so, look by look. */
function server(answers: ("RUNNING" | "COMPLETED" | "unknown")[]): Client {
  const left = [...answers];
  return {
    withDeadline: (_: unknown, work: () => unknown) => work(),
    workflow: {
      list: async function* () {},
      getHandle: () => ({
        query: () => state,
        describe: async () => {
          const name = left.shift();
          if (name === undefined || name === "unknown") throw unknown;
          return { status: { name }, startTime: new Date(0), raw: {} };
        },
      }),
    },
  } as unknown as Client;
}

const watch = async (client: Client) => {
  const views: RunView[] = [];
  const onAway = async () => "the server does not answer";
  const signal = new AbortController().signal;
  const options = { client: () => client, home: home(), runId: "r", interactive: true, signal, onAway };
  const last = await watchRun({ ...options, onView: (view) => views.push(view) });
  return { last, notes: views.map(({ note }) => note) };
};

test("a run that was seen is not given up because a server that goes down says that it does not know it", async () => {
  const { last, notes } = await watch(server(["RUNNING", "unknown", "unknown", "COMPLETED"]));
  expect(last!.state.status).toBe("succeeded");
  expect(notes).toEqual([undefined, "the server does not answer", "the server does not answer", undefined]);
});

test("one that was never seen is not waited for", async () => {
  await expect(watch(server([]))).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
});
