import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface Run {
  id: string;
  name: string;
  status: string;
  tags: Record<string, string>;
  params: Record<string, string>;
  /** In the order of their arrival, repeated ones included. */
  metrics: { key: string; step: number; value: number | string }[];
}

/** A small server with the part of MLflow's REST API that Pawl uses, whose faults tests choose. */
export class MlflowDouble {
  readonly runs: Run[] = [];
  readonly experiments: string[] = [];
  /** Method and path of every request. */
  readonly requests: string[] = [];
  /** Requests must have this header. */
  authorization: string | undefined;
  /**
   * down: connections are closed; silent: no answer; broken: HTTP status 500; lost: log-batch arrives and its connection is
   * closed.
   */
  mode: "works" | "down" | "silent" | "broken" | "lost" = "works";
  address = "";
  #server: Server | undefined;
  readonly #waiting = new Set<() => void>();

  /** @returns its address */
  async start(port = 0): Promise<string> {
    const server = createServer((request, response) => void this.#serve(request, response));
    this.#server = server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return (this.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  /** Steps of a metric as they arrived. */
  steps(key: string, run = this.runs[0]): number[] {
    return (run?.metrics ?? []).filter((metric) => metric.key === key).map(({ step }) => step);
  }

  /** Waits until what requests have left is as asked for. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, "http://double");
    this.requests.push(`${request.method} ${url.pathname.replace("/api/2.0/mlflow/", "")}`);
    let text = "";
    for await (const part of request) text += String(part);
    if (this.mode === "down") return void request.socket.destroy();
    if (this.mode === "silent") return;
    const answer = (status: number, body: object): void => void response.writeHead(status).end(JSON.stringify(body));
    if (this.mode === "broken") return answer(500, {});
    if (this.authorization !== undefined && request.headers.authorization !== this.authorization)
      return answer(401, { error_code: "UNAUTHENTICATED", message: "who are you" });
    const body = JSON.parse(text || "{}") as Record<string, never>;
    const found = this.#answer(url, body);
    this.#waiting.forEach((look) => look());
    if (this.mode === "lost" && url.pathname.endsWith("log-batch")) return void request.socket.destroy();
    if (found === undefined) answer(404, { error_code: "RESOURCE_DOES_NOT_EXIST", message: "no such thing" });
    else answer(200, found);
  }

  #answer(url: URL, body: Record<string, unknown>): object | undefined {
    const run = this.runs.find(({ id }) => id === (body["run_id"] ?? url.searchParams.get("run_id")));
    const info = (of: Run): object => ({ run: { info: { run_id: of.id }, data: { metrics: latest(of) } } });
    switch (url.pathname.replace("/api/2.0/mlflow/", "")) {
      case "experiments/get-by-name": {
        const id = this.experiments.indexOf(url.searchParams.get("experiment_name")!);
        return id < 0 ? undefined : { experiment: { experiment_id: String(id) } };
      }
      case "experiments/create":
        return { experiment_id: String(this.experiments.push(String(body["name"])) - 1) };
      case "runs/search": {
        const id = /= '([0-9a-f]+)'/.exec(String(body["filter"]))?.[1];
        const matching = this.runs.filter(({ tags }) => tags["pawl.id"] === id);
        return { runs: matching.map((of) => ({ info: { run_id: of.id } })) };
      }
      case "runs/create": {
        const tags = Object.fromEntries(
          (body["tags"] as { key: string; value: string }[]).map((t) => [t.key, t.value]),
        );
        const made: Run = {
          id: `run-${this.runs.length}`,
          name: String(body["run_name"]),
          status: "RUNNING",
          tags,
          params: {},
          metrics: [],
        };
        this.runs.push(made);
        return info(made);
      }
      case "runs/get":
        return run && info(run);
      case "runs/update":
        if (run) run.status = String(body["status"]);
        return run && {};
      case "runs/log-batch":
        run?.metrics.push(...((body["metrics"] ?? []) as Run["metrics"]));
        for (const { key, value } of (body["params"] ?? []) as { key: string; value: string }[])
          run!.params[key] = value;
        return run && {};
      default:
        return undefined;
    }
  }
}

/** The metric of the highest step of each key, as MLflow answers. */
function latest({ metrics }: Run): Run["metrics"] {
  const last = new Map<string, Run["metrics"][number]>();
  for (const metric of metrics) if (metric.step >= (last.get(metric.key)?.step ?? -1)) last.set(metric.key, metric);
  return [...last.values()];
}
