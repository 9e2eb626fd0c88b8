/** A server that takes what MLflow takes, and keeps the last step of each metric; prints its address. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const last = new Map<string, number>();

/** What a request leads to: every experiment and every run is the same one. */
function answer(path: string, body: string): object {
  if (path.endsWith("runs/search")) return { runs: [] };
  if (path.endsWith("runs/create")) last.clear();
  if (path.endsWith("log-batch")) {
    const { metrics = [] } = JSON.parse(body) as { metrics?: { key: string; step: number }[] };
    for (const { key, step } of metrics) last.set(key, step);
  }
  const metrics = [...last].map(([key, step]) => ({ key, step, value: 0 }));
  const run = { info: { run_id: "run" }, data: { metrics } };
  return { experiment: { experiment_id: "0" }, experiment_id: "0", run };
}

const server = createServer((request, response) => {
  let body = "";
  request.on("data", (part: Buffer) => (body += part.toString()));
  request.on("end", () => response.end(JSON.stringify(answer(request.url!.split("?", 1)[0]!, body))));
}).listen(0, "127.0.0.1", () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
