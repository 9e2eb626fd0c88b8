import type { Server } from "../../../api/servers/server.js";
import type { RunState } from "../../../schemas/run.js";
import type { Board } from "../../../studio/server/runs-board.js";
import { RunsBoard } from "../../../studio/server/runs-board.js";
import { ServerLink } from "../../../studio/server/server-link.js";
import { useDirectory } from "../../support/directory.js";
import { makeReportedRun } from "../../support/reported-run.js";
import { makeStage, makeView } from "../../support/run-views.js";

const home = useDirectory();

/** A run of a server's double, and whether it waits for an approval. */
interface KnownRun {
  id: string;
  waits: boolean;
}

const approval = { message: "Release?", form: {}, approvers: [] };
const stateOf = ({ waits }: KnownRun): RunState =>
  makeView([waits ? makeStage("ask", "waiting", { approval }) : makeStage("base", "running")]).state;

/** A server's double; `asked` counts how often a run was asked for its state. */
class Double {
  runs: KnownRun[] = [];
  isAway = false;
  hasAttributes = true;
  answersQueries = true;
  readonly asked = new Map<string, number>();

  readonly server = {
    address: "127.0.0.1:7233",
    followMove: () => Promise.resolve(),
    client: {
      connection: { workflowService: { getSystemInfo: () => this.#answer({}) } },
      withDeadline: (_: number, use: () => Promise<unknown>) => use(),
      workflow: {
        list: ({ query }: { query: string }) => this.#list(query),
        getHandle: (id: string) => ({
          describe: () =>
            this.#answer({ status: { name: "RUNNING" }, startTime: new Date(0), raw: { pendingActivities: [] } }),
          query: () => {
            this.asked.set(id, (this.asked.get(id) ?? 0) + 1);
            return this.answersQueries
              ? this.#answer(stateOf(this.runs.find((run) => run.id === id)!))
              : Promise.reject(new Error("no worker"));
          },
        }),
      },
    },
  } as unknown as Server;

  async *#list(query: string): AsyncGenerator<{ workflowId: string }> {
    const isForWaits = query.includes("PawlWaitsFor");
    if (isForWaits && !this.hasAttributes) throw Object.assign(new Error("invalid search attribute"), { code: 3 });
    for (const { id, waits } of await this.#answer(this.runs)) if (waits || !isForWaits) yield { workflowId: id };
  }

  #answer<T>(answer: T): Promise<T> {
    return this.isAway ? Promise.reject(Object.assign(new Error("away"), { code: 14 })) : Promise.resolve(answer);
  }
}

const openBoard = (double: Double): RunsBoard =>
  new RunsBoard(home(), new ServerLink(home(), () => Promise.resolve(double.server)));

/** The first board that fits. */
async function boardThat(board: RunsBoard, isWanted: (found: Board) => boolean): Promise<Board> {
  const left = new AbortController();
  for await (const found of board.follow(left.signal))
    if (isWanted(found)) {
      left.abort();
      return found;
    }
  throw new Error("nobody follows the board");
}

const waitingRuns = ({ runs }: Board): string[] => runs.filter(({ waits }) => waits.length > 0).map(({ run }) => run);
const many = (count: number, name: string, waits: boolean): KnownRun[] =>
  Array.from({ length: count }, (_, i) => ({ id: `${name}-${i}`, waits }));

test("what waits stays while the server does not answer, and the board says so", async () => {
  const double = new Double();
  double.runs = many(1, "asks", true);
  const board = openBoard(double);
  const before = await boardThat(board, ({ server }) => server === "answers");
  expect(waitingRuns(before)).toEqual(["asks-0"]);
  expect(before.runs[0]).not.toHaveProperty("stale");
  double.isAway = true;
  const away = await boardThat(board, ({ server }) => server === "away");
  expect(waitingRuns(away)).toEqual(["asks-0"]);
  expect(away.runs[0]).toMatchObject({ stale: "away" });
  double.isAway = false;
  double.runs = many(1, "asks", false);
  const again = await boardThat(board, ({ server }) => server === "answers");
  expect(waitingRuns(again)).toEqual([]);
});

test("all runs that wait for people are found, behind any number of newer ones, and all are asked again in turn", async () => {
  const double = new Double();
  double.runs = [...many(70, "busy", false), ...many(120, "asks", true)];
  const board = openBoard(double);
  const found = await boardThat(board, (now) => waitingRuns(now).length === 120);
  expect(found.runs).toHaveLength(170);
  const counts = many(120, "asks", true).map(({ id }) => double.asked.get(id) ?? 0);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
});

test("a server without Pawl's search attributes has the newest runs", async () => {
  const double = new Double();
  double.hasAttributes = false;
  double.runs = [...many(50, "asks", true), ...many(1, "old", true)];
  const found = await boardThat(openBoard(double), ({ server }) => server === "answers");
  expect(waitingRuns(found)).toHaveLength(50);
});

test("of a run under way by its record, the board says why it shows no more", async () => {
  await makeReportedRun(home(), { status: "running" });
  const staleness = async (double: Double): Promise<string | undefined> => {
    const { runs } = await boardThat(openBoard(double), ({ server }) => server !== "unasked");
    return runs.find(({ run }) => run === "poems-1")?.stale;
  };
  const double = new Double();
  expect(await staleness(double)).toBe("unknown");
  double.runs = [...many(50, "busy", false), { id: "poems-1", waits: false }];
  expect(await staleness(double)).toBe("notAsked");
  double.runs = [{ id: "poems-1", waits: false }];
  expect(await staleness(double)).toBeUndefined();
  double.answersQueries = false;
  expect(await staleness(double)).toBe("noWorker");
  double.isAway = true;
  expect(await staleness(double)).toBe("away");
});
