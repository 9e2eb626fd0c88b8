import { NamespaceNotFoundError, type Client } from "@temporalio/client";
import { watchRun } from "../../../api/reading/watch-run.js";
import type { RunView } from "../../../api/reading/run-view.js";
import type { RunState } from "../../../schemas/run.js";
import { useDirectory } from "../../support/directory.js";
import { clientWithPollers } from "../../support/pollers.js";

const home = useDirectory();
const state: RunState = { pipeline: "p", status: "running", stages: [], outputs: {} };
const errors = {
  unknown: Object.assign(new Error("not found"), { name: "WorkflowNotFoundError" }),
  "another server": new NamespaceNotFoundError("pawl-a"),
};

/** A server that answers so, look by look. */
function server(answers: ("RUNNING" | "COMPLETED" | keyof typeof errors)[]): Client {
  const left = [...answers];
  return {
    ...clientWithPollers({}),
    withDeadline: (_: unknown, work: () => unknown) => work(),
    workflow: {
      list: async function* () {},
      getHandle: () => ({
        query: () => state,
        describe: async () => {
          const name = left.shift() ?? "unknown";
          if (name in errors) throw errors[name as keyof typeof errors];
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

test("nor because another directory's server has the address meanwhile", async () => {
  const { last, notes } = await watch(server(["RUNNING", "another server", "COMPLETED"]));
  expect(last!.state.status).toBe("succeeded");
  expect(notes).toEqual([undefined, "the server does not answer", undefined]);
});

test("one that was never seen is not waited for", async () => {
  await expect(watch(server([]))).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
});

test("where no worker answers, the watcher may look for one, and say what it does", async () => {
  const handle = {
    query: () => Promise.reject(new Error("no worker")),
    describe: async () => ({
      status: { name: asked++ < 2 ? "RUNNING" : "COMPLETED" },
      startTime: new Date(0),
      raw: {},
    }),
  };
  let asked = 0;
  const client = {
    ...clientWithPollers({}),
    withDeadline: (_: unknown, work: () => unknown) => work(),
    workflow: { list: async function* () {}, getHandle: () => handle },
  } as unknown as Client;
  const notes: (string | undefined)[] = [];
  await watchRun({
    ...{ client: () => client, home: home(), runId: "r", interactive: true, signal: new AbortController().signal },
    onAway: async () => "away",
    onSilent: async () => "starting it again",
    onView: ({ note }) => notes.push(note),
  });
  expect(notes).toEqual(["starting it again", "starting it again", undefined]);
});

test("the end of a run is seen when it comes, not with the next look", async () => {
  let isOver = false;
  let looks = 0;
  const handle = {
    query: () => state,
    describe: async () => {
      looks++;
      return { status: { name: isOver ? "COMPLETED" : "RUNNING" }, startTime: new Date(0), raw: {} };
    },
    result: async () => void (isOver = true),
  };
  const client = {
    ...clientWithPollers({}),
    withDeadline: (_: unknown, work: () => unknown) => work(),
    withAbortSignal: (_: unknown, work: () => unknown) => work(),
    workflow: { list: async function* () {}, getHandle: () => handle },
  } as unknown as Client;
  jest.useFakeTimers();
  try {
    expect((await watch(client)).last!.state.status).toBe("succeeded");
  } finally {
    jest.useRealTimers();
  }
  expect(looks).toBe(2);
});
