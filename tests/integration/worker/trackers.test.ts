import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { layout } from "../../../store/home.js";
import { readLog } from "../../../store/history/log-reader.js";
import type { MetricsRow } from "../../../store/history/metrics.js";
import { trackAttempt, readUndelivered } from "../../../store/records/tracking.js";
import { chooseTrackers } from "../../../worker/tracking/choose.js";
import { Sender } from "../../../worker/tracking/sender.js";
import { useDirectory } from "../../support/directory.js";
import { python, testWithPython } from "../../support/python.js";
import { recordRows, row, tracked } from "../../support/tracked.js";

const home = useDirectory();
const record = (...rows: MetricsRow[]): Promise<void> => recordRows(home(), ...rows);
beforeEach(() => mkdirSync(layout.run(home(), "run"), { recursive: true }));
const ended = { status: "succeeded", atMs: 5000, metrics: { accuracy: 0.5 } } as const;
const ask = (script: string, ...more: string[]): unknown =>
  JSON.parse(execFileSync(python, ["-c", script, ...more], { encoding: "utf8", env: environment() }));
const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PAWL_TRACKER_PYTHON: python,
  TRACKIO_DIR: path.join(home(), "trackio"),
  WANDB_API_KEY: "",
  WANDB_MODE: "",
});

/** Two senders, the second in the place of the first, which was killed; steps come again. */
async function sendInTwoLives(chosen: NodeJS.ProcessEnv): Promise<void> {
  const sender = (): Sender => new Sender(home(), chooseTrackers(home(), { ...environment(), ...chosen }));
  const end = await trackAttempt(home(), tracked());
  await record(row(1), row(2), row(2, { heldOutLoss: 9 }));
  const first = sender();
  await first.round();
  await record(row(3, { loss: NaN }));
  await first.round();
  // The process of Python that the first one has started ends by itself.
  first.close();
  await record(row(2), row(3), row(4));
  const second = sender();
  await second.round();
  await end(ended);
  await second.round();
  expect(await readUndelivered(home(), "run")).toEqual([]);
  expect(readdirSync(layout.tracked(home()))).toEqual([]);
}

const curves = [
  [1, { loss: 1 }],
  [2, { loss: 2, heldOutLoss: 9 }],
  [3, { loss: "NaN" }],
  [4, { loss: 4 }],
];

testWithPython(["wandb"], "Weights & Biases keeps each step once, in files that its own package writes", async () => {
  await sendInTwoLives({ PAWL_WANDB: "project" });
  // Read with the classes of the package: which file each row is in does not matter.
  const script = `
import glob, json, sys
sys.path.insert(0, "python")
from pawl_tracker import records
from wandb.proto.wandb_internal_pb2 import Record
rows, found = {}, {}
for file in sorted(glob.glob(sys.argv[1] + "/wandb/offline-run-*/*.wandb")):
    for data in records(file):
        record = Record.FromString(data)
        if record.HasField("run"):
            run = record.run
            config = {item.key: json.loads(item.value_json) for item in run.config.update}
            found = {"project": run.project, "name": run.display_name, "group": run.run_group, "job": run.job_type,
                     "steps": config.get("steps")}
        if record.HasField("history"):
            items = {item.nested_key[0] if item.nested_key else item.key: item.value_json for item in record.history.item}
            step = int(items["_step"])
            for name, value in items.items():
                if not name.startswith("_"):
                    assert name not in rows.get(step, {}), (step, name)
                    rows.setdefault(step, {})[name] = json.loads(value)
print(json.dumps({"run": found, "rows": sorted(rows.items())}).replace("NaN", '"NaN"').replace('""NaN""', '"NaN"'))
`;
  expect(ask(script, path.join(home(), "tracking"))).toEqual({
    run: { project: "project", name: "run/stage", group: "run", job: "pretrain", steps: "3" },
    rows: curves,
  });
});

testWithPython(["wandb"], "a key that Weights & Biases refuses is reported, with what to do", async () => {
  const end = await trackAttempt(home(), tracked());
  await record(row(1));
  await end(ended);
  const online = { ...environment(), PAWL_WANDB: "project", WANDB_API_KEY: "too-short" };
  await new Sender(home(), chooseTrackers(home(), online)).round();
  expect(await readUndelivered(home(), "run")).toMatchObject([
    { tracker: "Weights & Biases", steps: 1, next: expect.stringContaining("correct the key") as string },
  ]);
});

testWithPython(["trackio"], "Trackio keeps each step once, in a project that its own package opens", async () => {
  await sendInTwoLives({ PAWL_TRACKIO: "project" });
  const script = `
import json
from trackio.sqlite_storage import SQLiteStorage
(run,) = SQLiteStorage.get_runs("project")
rows = [[row.pop("step"), {k: v for k, v in row.items() if k != "timestamp"}] for row in SQLiteStorage.get_logs("project", run)]
print(json.dumps([run, rows]).replace("NaN", '"NaN"'))
`;
  const [run, rows] = ask(script) as [string, [number, object][]];
  expect(run).toBe(`run/stage/${"b".repeat(8)}`);
  expect(rows).toEqual([
    [1, { loss: 1 }],
    [2, { loss: 2 }],
    [2, { heldOutLoss: 9 }],
    [3, { loss: "NaN" }],
    [4, { loss: 4 }],
    [5, { "result/accuracy": 0.5 }],
  ]);
});

testWithPython(["wandb", "trackio"], "several trackers do not disturb each other, and an end comes once", async () => {
  const chosen = { ...environment(), PAWL_WANDB: "project", PAWL_TRACKIO: "project", PAWL_TENSORBOARD: home() };
  const end = await trackAttempt(home(), tracked());
  await record(row(1), row(2));
  const sender = new Sender(home(), chooseTrackers(home(), chosen));
  await sender.round();
  await end(ended);
  await sender.round();
  // The process died before it noted that all have the end.
  rmSync(layout.deliveries(home(), "run"), { recursive: true });
  await (
    await trackAttempt(home(), tracked())
  )(ended);
  await new Sender(home(), chooseTrackers(home(), chosen)).round();
  const lines: string[] = [];
  for await (const { message } of readLog(home(), "run")) lines.push(message);
  expect(lines).toEqual([]);
  expect(readdirSync(path.join(home(), "tracking")).filter((name) => name.endsWith(".lock"))).toEqual([]);
  const script = `
import json
from trackio.sqlite_storage import SQLiteStorage
(run,) = SQLiteStorage.get_runs("project")
print(json.dumps([sorted(set(row) - {"step", "timestamp"}) for row in SQLiteStorage.get_logs("project", run)]))
`;
  expect(ask(script)).toEqual([["loss"], ["loss"], ["result/accuracy"]]);
});

test("a Python that lacks the package is reported, with what to do, and no step is lost", async () => {
  const end = await trackAttempt(home(), tracked());
  await record(row(1));
  await end(ended);
  for (const interpreter of ["/dev/null/python", python]) {
    const lacking = { ...environment(), PAWL_TRACKIO: "p", PAWL_TRACKER_PYTHON: interpreter, PYTHONPATH: home() };
    writeFileSync(path.join(home(), "trackio.py"), "import no_such_package");
    await new Sender(home(), chooseTrackers(home(), lacking)).round();
    expect(await readUndelivered(home(), "run")).toEqual([
      {
        tracker: "Trackio",
        stage: "stage",
        steps: 1,
        message: expect.stringContaining(`${interpreter} cannot run it: `) as string,
        next: "install it with pip, or set PAWL_TRACKER_PYTHON to a Python that has it, and restart the workers",
      },
    ]);
  }
});

describe("a server of MLflow's own", () => {
  let server: ChildProcess | undefined;
  afterEach(async () => {
    if (server?.exitCode !== null) return;
    const gone = new Promise((resolve) => server!.once("exit", resolve));
    process.kill(-server.pid!, "SIGTERM");
    await gone;
  });

  testWithPython(["mlflow", "sqlalchemy", "fastapi"], "keeps each step once, and ends the run", async () => {
    const store = `sqlite:///${path.join(home(), "mlflow.db")}`;
    const child = spawn(
      python,
      ["-m", "mlflow", "server", "--port", "0", "--workers", "1", "--backend-store-uri", store],
      { detached: true, stdio: ["ignore", "ignore", "pipe"], cwd: home() },
    );
    server = child;
    const address = await new Promise<string>((resolve, reject) => {
      child.once("exit", () => reject(new Error("mlflow server has ended")));
      createInterface({ input: child.stderr }).on("line", (line) => {
        const found = /running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
        if (found) resolve(found);
      });
    });
    await sendInTwoLives({ PAWL_MLFLOW: address });
    const script = `
import json, sys
from mlflow.tracking import MlflowClient
client = MlflowClient(sys.argv[1])
(run,) = client.search_runs([client.get_experiment_by_name("p").experiment_id])
curve = lambda name: [[m.step, str(m.value)] for m in client.get_metric_history(run.info.run_id, name)]
tags = {name: value for name, value in run.data.tags.items() if name.startswith("pawl.") and name != "pawl.id"}
print(json.dumps([run.info.run_name, run.info.status, run.data.params, tags, curve("loss"), curve("heldOutLoss"), curve("result/accuracy")]))
`;
    expect(ask(script, address)).toEqual([
      "run/stage",
      "FINISHED",
      { steps: "3", learningRate: "0.001" },
      {
        "pawl.run": "run",
        "pawl.stage": "stage",
        "pawl.key": "b".repeat(64),
        "pawl.pipeline": "p",
        "pawl.uses": "pretrain",
      },
      [
        [1, "1.0"],
        [2, "2.0"],
        [3, "nan"],
        [4, "4.0"],
      ],
      [[2, "9.0"]],
      [[0, "0.5"]],
    ]);
  });
});

describe("a server that MLflow's package asks", () => {
  let server: Server;
  let answer: (request: IncomingMessage) => [status: number, body: object];
  let requests: string[];
  beforeEach(async () => {
    requests = [];
    server = createServer((request, response) => {
      requests.push(request.headers.authorization ?? "");
      const [status, body] = answer(request);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(() => server.close());
  const address = (userInfo = ""): string => `http://${userInfo}127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sendTo = async (chosen: NodeJS.ProcessEnv): Promise<object[]> => {
    const end = await trackAttempt(home(), tracked());
    await record(row(1));
    await end(ended);
    await new Sender(home(), chooseTrackers(home(), { ...environment(), ...chosen })).round();
    return readUndelivered(home(), "run");
  };

  testWithPython(["mlflow"], "a login that it refuses is reported, and no file holds the secret", async () => {
    answer = () => [401, { error_code: "UNAUTHENTICATED", message: "who are you" }];
    mkdirSync(path.join(home(), "secrets"));
    writeFileSync(path.join(home(), "secrets", "MLFLOW_TRACKING_TOKEN"), "token-of-mlflow\n");
    process.env["PAWL_SECRETS"] = path.join(home(), "secrets");
    try {
      expect(await sendTo({ PAWL_MLFLOW: address() })).toMatchObject([
        { tracker: "MLflow", steps: 1, message: expect.stringContaining("who are you") as string },
      ]);
      expect(await readUndelivered(home(), "run")).toMatchObject([
        { next: expect.stringContaining("correct") as string },
      ]);
    } finally {
      delete process.env["PAWL_SECRETS"];
    }
    expect(requests).toEqual(["Bearer token-of-mlflow"]);
    rmSync(path.join(home(), "secrets"), { recursive: true });
    expect(spawnSync("grep", ["-r", "token-of-mlflow", home()]).status).toBe(1);
  });

  testWithPython(["mlflow"], "user and password of its address are sent as such, and shown nowhere", async () => {
    answer = () => [503, {}];
    const [lacks] = await sendTo({ PAWL_MLFLOW: address("reader:p%40ss@") });
    expect(lacks).toMatchObject({ steps: 1, next: "nothing: it is tried again" });
    expect(requests).toEqual([`Basic ${Buffer.from("reader:p@ss").toString("base64")}`]);
    expect(spawnSync("grep", ["-rE", "p@ss|p%40ss", home()]).status).toBe(1);
  });
});
