import { findSecret } from "../../activities/command/secrets.js";
import { PawlError } from "../../platform/errors.js";
import { isObject } from "../../platform/json.js";
import type { MetricsRow } from "../../store/history/metrics.js";
import { trackedId, type Tracker } from "./tracker.js";
import type { LastSteps, TrackedAttempt, TrackedEnd } from "../../store/records/record-types.js";

/** A request has this long to be answered, ms. */
const patienceMs = 30_000;
/** MLflow's limit for one request, and its lowest limit for a parameter's text, in all versions since 1.28. */
const maxMetrics = 1000;
const maxParameters = 100;
const longestParameter = 500;

const statuses = { succeeded: "FINISHED", failed: "FAILED", cancelled: "KILLED" } as const satisfies Record<
  TrackedEnd["status"],
  string
>;

/**
 * MLflow through its REST API (https://mlflow.org/docs/latest/rest-api.html, version 2.0): each stage of a run is a run of
 * MLflow, found again by its tags. What it has is read from the server before anything is sent, so a request that
 * arrived without an answer is not repeated.
 * @param address of the tracking server; user and password in it are used as MLFLOW_TRACKING_USERNAME and _PASSWORD
 * @throws PawlError INPUT_INVALID if it is not an http or https address
 */
export function mlflow(address: string, environment: NodeJS.ProcessEnv): Tracker {
  const server = parsed(address);
  return {
    name: "MLflow",
    async open(attempt) {
      const api = await openApi(server);
      const experiment = await experimentOf(api, environment["MLFLOW_EXPERIMENT_NAME"] || attempt.pipeline);
      const found = await findRun(api, experiment, attempt);
      const run_id = found ?? (await createRun(api, experiment, attempt));
      if (found !== undefined) await api.post("runs/update", { run_id, status: "RUNNING" });
      return {
        last: await lastSteps(api, run_id),
        async write(rows) {
          const metrics = metricsOf(rows, Date.now());
          for (let from = 0; from < metrics.length; from += maxMetrics)
            await api.post("runs/log-batch", { run_id, metrics: metrics.slice(from, from + maxMetrics) });
        },
        async end({ status, atMs, metrics }) {
          const results = Object.entries(metrics).map(([name, value]) => [`result/${name}`, value] as const);
          const row = { step: 0, metrics: Object.fromEntries(results) };
          if (results.length > 0) await api.post("runs/log-batch", { run_id, metrics: metricsOf([row], atMs) });
          await api.post("runs/update", { run_id, status: statuses[status], end_time: atMs });
        },
        close: () => undefined,
      };
    },
  };
}

function parsed(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new PawlError("INPUT_INVALID", "PAWL_MLFLOW is not an http or https address", {
    where: "PAWL_MLFLOW",
    expected: "the address of an MLflow tracking server: http://HOST:5000",
    next: "correct the variable, and start the workers again",
  });
}

interface Api {
  get(path: string, query: Record<string, string>): Promise<Record<string, unknown>>;
  post(path: string, body: object): Promise<Record<string, unknown>>;
}

async function openApi(server: URL): Promise<Api> {
  const base = `${server.origin}${server.pathname.replace(/\/$/, "")}/api/2.0/mlflow`;
  const headers = { "content-type": "application/json", ...(await credentials(server)) };
  const ask = async (path: string, init: RequestInit): Promise<Record<string, unknown>> => {
    const signal = AbortSignal.timeout(patienceMs);
    const answer = await fetch(`${base}/${path}`, { ...init, headers, signal, redirect: "manual" });
    const text = await answer.text();
    if (!answer.ok) throw unwelcome(answer.status, text);
    return objectIn(text);
  };
  return {
    get: (path, query) => ask(`${path}?${new URLSearchParams(query).toString()}`, { method: "GET" }),
    post: (path, body) => ask(path, { method: "POST", body: JSON.stringify(body) }),
  };
}

/** As MLflow's own clients: a token, else user and password. */
async function credentials(server: URL): Promise<{ authorization?: string }> {
  const token = await findSecret("MLFLOW_TRACKING_TOKEN");
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  const user = decodeURIComponent(server.username) || (await findSecret("MLFLOW_TRACKING_USERNAME"));
  const password = decodeURIComponent(server.password) || (await findSecret("MLFLOW_TRACKING_PASSWORD"));
  if (user === undefined || password === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
}

/** An answer that is not what was asked for. MLflow's own messages name what they refuse. */
function unwelcome(status: number, text: string): PawlError {
  const { error_code: code, message } = objectIn(text);
  const told = [`HTTP status ${status}`, code, message].filter((part) => typeof part === "string").join(": ");
  if (status >= 500 || status === 408 || status === 429)
    return new PawlError("TRACKER_FAILED", `the server answered with ${told}`, { next: "nothing: it is tried again" });
  const isLogin = status === 401 || status === 403;
  return new PawlError("TRACKER_REFUSED", `the server refused it with ${told}`, {
    got: typeof code === "string" ? code : String(status),
    next: isLogin
      ? "set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and _PASSWORD, for the workers, and restart them"
      : "check the address PAWL_MLFLOW and the server, and restart the workers",
  });
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** The id of an experiment by its name, created if there is none. */
async function experimentOf(api: Api, name: string): Promise<string> {
  try {
    const { experiment } = await api.get("experiments/get-by-name", { experiment_name: name });
    return idIn(experiment, "experiment_id");
  } catch (error) {
    if (!isRefusal(error, "RESOURCE_DOES_NOT_EXIST")) throw error;
  }
  try {
    return idIn(await api.post("experiments/create", { name }), "experiment_id");
  } catch (error) {
    // Another stage has created it meanwhile.
    if (!isRefusal(error, "RESOURCE_ALREADY_EXISTS")) throw error;
    const { experiment } = await api.get("experiments/get-by-name", { experiment_name: name });
    return idIn(experiment, "experiment_id");
  }
}

const isRefusal = (error: unknown, code: string): boolean => error instanceof PawlError && error.facts.got === code;

function idIn(value: unknown, name: string): string {
  const id = isObject(value) ? value[name] : undefined;
  if (typeof id === "string") return id;
  throw new PawlError("TRACKER_REFUSED", `the server's answer has no ${name}`, {
    next: "check that PAWL_MLFLOW is the address of an MLflow tracking server, and restart the workers",
  });
}

const tagsOf = (attempt: TrackedAttempt): Record<string, string> => ({
  "pawl.id": trackedId(attempt),
  "pawl.run": attempt.runId,
  "pawl.stage": attempt.stage,
  "pawl.key": attempt.key,
  "pawl.pipeline": attempt.pipeline,
  "pawl.uses": attempt.uses,
});

async function findRun(api: Api, experiment: string, attempt: TrackedAttempt): Promise<string | undefined> {
  const filter = `tags.\`pawl.id\` = '${trackedId(attempt)}'`;
  const { runs } = await api.post("runs/search", { experiment_ids: [experiment], filter, max_results: 1 });
  const [first] = Array.isArray(runs) ? (runs as unknown[]) : [];
  return isObject(first) ? idIn(first["info"], "run_id") : undefined;
}

async function createRun(api: Api, experiment_id: string, attempt: TrackedAttempt): Promise<string> {
  const { run } = await api.post("runs/create", {
    experiment_id,
    run_name: `${attempt.runId}/${attempt.stage}`,
    start_time: attempt.startedAtMs,
    tags: Object.entries(tagsOf(attempt)).map(([key, value]) => ({ key, value })),
  });
  const run_id = idIn(isObject(run) ? run["info"] : undefined, "run_id");
  const params = Object.entries(attempt.parameters)
    .slice(0, maxParameters)
    .map(([key, value]) => ({ key, value: value.slice(0, longestParameter) }));
  if (params.length > 0) await api.post("runs/log-batch", { run_id, params });
  return run_id;
}

/** The last step of each metric that a run has. */
async function lastSteps(api: Api, run_id: string): Promise<LastSteps> {
  const { run } = await api.get("runs/get", { run_id });
  const data = isObject(run) && isObject(run["data"]) ? run["data"] : {};
  const metrics = Array.isArray(data["metrics"]) ? (data["metrics"] as unknown[]) : [];
  // A server may write a step as text: it has 64 bits.
  return Object.fromEntries(
    metrics.flatMap((metric) =>
      isObject(metric) && typeof metric["key"] === "string" ? [[metric["key"], Number(metric["step"] ?? 0)]] : [],
    ),
  );
}

/** JSON has no numbers that are not finite: protocol buffers write them as text. */
function metricsOf(rows: readonly MetricsRow[], timestamp: number): object[] {
  return rows.flatMap(({ step, metrics }) =>
    Object.entries(metrics).map(([key, value]) => ({
      key,
      value: Number.isFinite(value) ? value : String(value),
      timestamp,
      step,
    })),
  );
}
