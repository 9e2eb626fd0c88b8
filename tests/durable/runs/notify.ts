import { once } from "node:events";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { NotifyEvent, Webhook } from "../../../schemas/notifications.js";
import { taskQueues, updateNames, workflowType, type RunRequest } from "../../../schemas/run.js";
import { layout } from "../../../store/home.js";
import { notifyLog } from "../../../store/history/log.js";
import { readLog } from "../../../store/history/log-reader.js";
import { freePort } from "../../../worker/server/dev-server.js";
import { signRequest } from "../../../worker/authority/requests.js";
import { runFailure, queryRunState, until, type Run } from "../support/fleet.js";
import { plansFrom, stage } from "../support/plans.js";
import { fleet } from "./fleet.js";

const plan = plansFrom(6000);

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A server that keeps what it receives, and answers with statuses in turn; the last one stays. */
class Receiver {
  readonly received: Received[] = [];
  statuses = [200];
  readonly #server: Server;
  readonly #waiting = new Set<() => void>();

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { url = "", headers } = request;
        this.received.push({ path: url, headers, body: Buffer.concat(chunks).toString("utf8") });
        response.writeHead(this.statuses.length > 1 ? this.statuses.shift()! : this.statuses[0]!).end();
        this.#waiting.forEach((look) => look());
      });
    }).listen(0, "127.0.0.1");
  }

  async address(): Promise<string> {
    if (!this.#server.listening) await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Waits until this many requests with a path have come. */
  requests(path: string, count: number): Promise<Received[]> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.received.filter((one) => one.path === path);
        if (found.length >= count) resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  async close(): Promise<void> {
    this.#server.close();
    await once(this.#server, "close");
  }
}

const fast = { maxAttempts: 3, intervalMs: 1, factor: 1, maxIntervalMs: 1 };
const webhook = (url: string, on: NotifyEvent[], more: Partial<Webhook> = {}): Webhook => ({
  url,
  on,
  retry: fast,
  ...more,
});
const failing = { fail: { code: "DATA_EMPTY", attempts: 9 } };

/** Waits until a notification of a run was given up, and returns the line in its log. */
async function givenUp(run: Run): Promise<string> {
  const follow = new AbortController();
  for await (const { message } of readLog(fleet.home, run.workflowId, { stage: notifyLog, follow: follow.signal })) {
    follow.abort();
    return message;
  }
  throw new Error("no notification was given up");
}

describe("notifications", () => {
  let receiver: Receiver;
  beforeEach(() => (receiver = new Receiver()));
  afterEach(() => receiver.close());

  test("a webhook is notified that a stage is parked and how the run ended, with a template of its own", async () => {
    const address = await receiver.address();
    const body = { run: "${{ run.id }}", what: "${{ run.status }} ${{ run.stage }}", code: "${{ run.code }}" };
    const notify = [
      webhook(`${address}/parked`, ["parked"], { body }),
      webhook(`${address}/ended`, ["succeeded", "failed"]),
      webhook(`${address}/text`, ["failed"], { body: "${{ run.message }} ${{ inputs.note }}" }),
    ];
    const stages = [stage("bad", failing, { onFailure: "park" })];
    const run = await fleet.launch(plan(stages, { notify, inputs: { note: "(noted)" } }));
    const [parked] = await receiver.requests("/parked", 1);
    expect(JSON.parse(parked!.body)).toEqual({ run: run.workflowId, what: "parked bad", code: "DATA_EMPTY" });
    expect(parked!.headers).toMatchObject({ "content-type": "application/json", "user-agent": "pawl" });
    await run.executeUpdate(updateNames.retry, { args: [{ stage: "bad" }] });
    const both = await receiver.requests("/parked", 2);
    expect(new Set(both.map(({ headers }) => headers["idempotency-key"])).size).toBe(2);
    await until(run, ({ status }) => status === "parked");
    await run.executeUpdate(updateNames.abort, { args: [{ stage: "bad" }] });
    expect((await runFailure(run)).type).toBe("DATA_EMPTY");
    const [ended] = await receiver.requests("/ended", 1);
    const { text } = JSON.parse(ended!.body) as { text: string };
    expect(text).toMatch(new RegExp(`^run ${run.workflowId} of test failed: stages.bad: DATA_EMPTY: `));
    const [told] = await receiver.requests("/text", 1);
    expect(told).toMatchObject({
      body: expect.stringMatching(/ \(noted\)$/),
      headers: { "content-type": /^text\/plain/ },
    });
  });

  test("a webhook is notified of people's requests, of success and of cancellation", async () => {
    const notify = [webhook(`${await receiver.address()}/all`, ["waiting", "succeeded", "cancelled"])];
    const asks = stage("ask", {}, { uses: "approve", with: { message: "Release?" } });
    const run = await fleet.launch(plan([asks], { notify }));
    const [waits] = await receiver.requests("/all", 1);
    expect(JSON.parse(waits!.body)).toEqual({ text: `run ${run.workflowId} of test waits: stages.ask: Release?` });
    await run.executeUpdate("approve", { args: [{ stage: "ask", approved: true, by: "reviewer" }] });
    await run.result();
    const second = await fleet.launch(plan([asks], { notify }));
    await receiver.requests("/all", 3);
    await second.cancel();
    expect((await runFailure(second)).type).toBe("CancelledFailure");
    const all = await receiver.requests("/all", 4);
    const texts = all.map(({ body }) => (JSON.parse(body) as { text: string }).text);
    expect(texts).toContain(`run ${run.workflowId} of test succeeded`);
    expect(texts).toContain(`run ${second.workflowId} of test was canceled`);
  });

  test("a server that answers 500 is asked again, with the same key; the run does not wait for it", async () => {
    receiver.statuses = [500, 503, 200];
    const notify = [webhook(`${await receiver.address()}/flaky`, ["succeeded"])];
    const run = await fleet.launch(plan([stage("a", {})], { notify }));
    await run.result();
    const attempts = await receiver.requests("/flaky", 3);
    expect(new Set(attempts.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
  });

  test("a webhook that is down neither fails nor delays the run; what was not delivered is recorded and counted", async () => {
    const address = `http://127.0.0.1:${await freePort()}`;
    const slow = { ...fast, maxAttempts: 100, intervalMs: 3_600_000, maxIntervalMs: 3_600_000 };
    const notify = [
      webhook(`${address}/down`, ["parked"]),
      webhook(`${address}/later`, ["parked", "failed"], { retry: slow }),
    ];
    const run = await fleet.launch(plan([stage("bad", failing, { onFailure: "park" })], { notify }));
    expect(await givenUp(run)).toBe(
      "notify[0] was not notified (parked, stages.bad): NOTIFICATION_FAILED: the server cannot be reached (ECONNREFUSED)",
    );
    await until(run, ({ undelivered }) => undelivered === 1);
    await run.executeUpdate(updateNames.abort, { args: [{ stage: "bad" }] });
    expect((await runFailure(run)).type).toBe("DATA_EMPTY");
  });

  test("a server that refuses a notification is not asked again", async () => {
    receiver.statuses = [404];
    const notify = [webhook(`${await receiver.address()}/gone`, ["succeeded"])];
    const run = await fleet.launch(plan([stage("a", {})], { notify }));
    expect(await givenUp(run)).toMatch(/NOTIFICATION_REFUSED: the server refused it with HTTP status 404$/);
    expect(receiver.received).toHaveLength(1);
  });

  test("a secret address is in no history and no log, and only a run with a grant can use it", async () => {
    const address = await receiver.address();
    await fleet.supervisor.stop();
    await fleet.startWorkers({ PAWL_SECRET_HOOK: `${address}/secret-path` });
    const notify = [webhook("${{ secrets.HOOK }}", ["succeeded"])];
    const request: RunRequest = { plan: plan([stage("a", {})], { notify }) };
    const refused = await fleet.launch(request);
    expect(await givenUp(refused)).toMatch(/CODE_NOT_ALLOWED: this run may not use secrets$/);

    const workflowId: string = randomUUID();
    await fleet.client.workflow.start(workflowType, {
      taskQueue: taskQueues.cpu,
      workflowId,
      args: [signRequest(fleet.home, workflowId, request)],
    });
    await receiver.requests("/secret-path", 1);
    await fleet.find(workflowId).result();
    const { events } = await fleet.find(workflowId).fetchHistory();
    const told = events!.flatMap(
      ({ startChildWorkflowExecutionInitiatedEventAttributes: child }) => child?.workflowId ?? [],
    );
    expect(told).toHaveLength(1);
    const ids = [workflowId, ...told];
    for (const id of ids) {
      const one = fleet.client.workflow.getHandle(id);
      await one.result();
      const history = await one.fetchHistory();
      const text = JSON.stringify(history, (_key, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : value,
      );
      expect(text).not.toContain("secret-path");
    }
    expect(await queryRunState(fleet.find(workflowId))).not.toHaveProperty("undelivered");
    const directory = layout.run(fleet.home, workflowId);
    const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    expect(files.length).toBeGreaterThan(0);
    for (const { parentPath, name } of files)
      expect(readFileSync(`${parentPath}/${name}`, "utf8")).not.toContain("secret-path");
  });
});
