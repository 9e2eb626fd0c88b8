"""Writes the curves of one stage for a tracker with a package of its own. The workers of Pawl start it; no program imports it.

It reads lines of JSON from standard input, and answers each with one line on the descriptor 3:

    {"open": {"tracker", "project", "directory", "id", "attempt", "last"}}                         -> {"last": {...}}
    {"rows": [[step, {"loss": 1.5}], ...]}                                                         -> {}
    {"end": {"status", "metrics"}}                                                                 -> {}

An answer with "error" says what is wrong; with "refused", trying again does not help. Numbers that are not finite are text.
"""

import fcntl
import glob
import json
import os
import struct
import sys
import time


def take(told):
    """Waits until an earlier process, which may still be writing what it was told, has ended. The lock ends with the process."""
    os.makedirs(told["directory"], exist_ok=True)
    path = os.path.join(told["directory"], f"{told['tracker']}-{told['id']}.lock")
    while True:
        stream = open(path, "w")
        fcntl.flock(stream, fcntl.LOCK_EX)
        try:
            if os.path.samestat(os.fstat(stream.fileno()), os.stat(path)):
                return stream
        except FileNotFoundError:
            pass
        # Its earlier holder has removed it.
        stream.close()


def numbers(metrics):
    return {name: float(value) for name, value in metrics.items() if value is not None}


def name_of(attempt):
    return f"{attempt['runId']}/{attempt['stage']}"


def config_of(attempt):
    return {**attempt["parameters"], "pawl.key": attempt["key"], "pawl.pipeline": attempt["pipeline"]}


def last_of(rows):
    """The last step of each metric of (step, names)."""
    last = {}
    for step, names in rows:
        for name in names:
            last[name] = max(step, last.get(name, -1))
    return last


class Mlflow:
    """Each stage is a run of the tracking server whose address is the project, found again by its tag `pawl.id`."""

    STATUSES = {"succeeded": "FINISHED", "failed": "FAILED", "cancelled": "KILLED"}
    #: The server's limits for one request.
    METRICS, PARAMETERS = 1000, 100

    def __init__(self, told):
        # The package would repeat a request that may have arrived; Pawl reads what arrived, and
        # sends the rest.
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")
        import mlflow

        mlflow.set_tracking_uri(told["project"])
        self.client = mlflow.MlflowClient()
        name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or told["attempt"]["pipeline"]
        experiment = mlflow.set_experiment(name).experiment_id
        found = self.client.search_runs([experiment], f"tags.`pawl.id` = '{told['id']}'", max_results=1)
        self.run = found[0].info.run_id if found else self.create(experiment, told)
        if found:
            self.client.update_run(self.run, status="RUNNING")
        metrics = self.client.get_run(self.run).to_proto().data.metrics
        self.last = {metric.key: metric.step for metric in metrics}

    def create(self, experiment, told):
        from mlflow.entities import Param

        attempt = told["attempt"]
        tags = {f"pawl.{name}": attempt[name] for name in ("stage", "key", "pipeline", "uses")}
        tags = {"pawl.id": told["id"], "pawl.run": attempt["runId"], **tags}
        run = self.client.create_run(experiment, attempt["startedAtMs"], tags, name_of(attempt)).info.run_id
        parameters = [Param(name, value) for name, value in attempt["parameters"].items()]
        self.client.log_batch(run, params=parameters[: self.PARAMETERS])
        return run

    def log(self, rows):
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        metrics = [Metric(name, value, now, step) for step, values in rows for name, value in values.items()]
        for at in range(0, len(metrics), self.METRICS):
            self.client.log_batch(self.run, metrics=metrics[at : at + self.METRICS])

    def end(self, status, metrics):
        self.log([(0, {"result/" + name: value for name, value in metrics.items()})])
        self.client.set_terminated(self.run, self.STATUSES[status])


class Wandb:
    """Each stage is a run, resumed by its id. The files below `directory` hold everything, also what no server has yet."""

    def __init__(self, told):
        import wandb

        mode = os.environ.pop("WANDB_MODE", "") or ("online" if os.environ.get("WANDB_API_KEY") else "offline")
        found = list(self.logged(told["directory"], told["id"]))
        self.last = last_of(found) if found else told["last"]
        quiet = {"console": "off", "silent": True, "x_disable_stats": True, "x_disable_meta": True, "disable_git": True}
        attempt = told["attempt"]
        self.run = wandb.init(
            project=told["project"], id=told["id"], name=name_of(attempt), group=attempt["runId"],
            job_type=attempt["uses"], config=config_of(attempt), dir=told["directory"], mode=mode, resume="allow",
            settings=wandb.Settings(init_timeout=30, save_code=False, **quiet),
        )

    @staticmethod
    def logged(directory, run_id):
        """Step and names of every row in the files of earlier processes: LevelDB's log format around protocol buffers."""
        from wandb.proto.wandb_internal_pb2 import Record

        for file in sorted(glob.glob(os.path.join(glob.escape(directory), "wandb", "*", f"run-{run_id}.wandb"))):
            if os.path.islink(os.path.dirname(file)):
                continue
            for data in records(file):
                record = Record.FromString(data)
                if record.HasField("history"):
                    items = {"/".join(item.nested_key) or item.key: item.value_json for item in record.history.item}
                    names = [name for name in items if not name.startswith("_")]
                    yield int(json.loads(items.get("_step", "0"))), names

    def log(self, rows):
        for step, metrics in rows:
            self.run.log(metrics, step=step)

    def end(self, status, metrics):
        for name, value in metrics.items():
            self.run.summary["result/" + name] = value
        self.run.finish(exit_code=0 if status == "succeeded" else 1)


def records(file):
    """The records of a file in LevelDB's log format after 7 bytes of W&B's own; the last one may be half written."""
    with open(file, "rb") as stream:
        content = stream.read()
    at, parts = 7, []
    while at + 7 <= len(content):
        left = 32768 - at % 32768
        if left < 7:
            at += left
            continue
        _checksum, length, kind = struct.unpack("<IHB", content[at : at + 7])
        piece = content[at + 7 : at + 7 + length]
        if kind == 0 or len(piece) < length:
            return
        parts = [piece] if kind in (1, 2) else [*parts, piece]
        if kind in (1, 4):
            yield b"".join(parts)
        at += 7 + length


class Trackio:
    """Each stage is a run of a local project, or of a Space or server that Trackio's own variables name."""

    def __init__(self, told):
        import trackio

        self.last = self.logged(told) or told["last"]
        attempt = told["attempt"]
        self.run = trackio.init(
            project=told["project"], name=self.name_of(attempt), group=attempt["runId"], config=config_of(attempt),
            resume="allow", embed=False, auto_log_gpu=False, auto_log_cpu=False,
        )

    @staticmethod
    def name_of(attempt):
        """A run is found again by its name, and changed settings are another run."""
        return f"{name_of(attempt)}/{attempt['key'][:8]}"

    @classmethod
    def logged(cls, told):
        from trackio.sqlite_storage import SQLiteStorage

        if not os.path.exists(SQLiteStorage.get_project_db_path(told["project"])):
            return {}
        rows = SQLiteStorage.get_logs(told["project"], cls.name_of(told["attempt"]))
        return last_of((row["step"], [name for name in row if name not in ("step", "timestamp")]) for row in rows)

    def log(self, rows):
        for step, metrics in rows:
            self.run.log(metrics, step=step)

    def end(self, status, metrics):
        # An end that was not acknowledged comes again.
        results = {"result/" + name: value for name, value in metrics.items() if "result/" + name not in self.last}
        if results:
            self.run.log(results)
        self.run.finish()


#: Wrong settings and keys: the same settings fail again.
REFUSALS = {"ValueError", "UsageError", "AuthenticationError", "LocalTokenNotFoundError"}
TRACKERS = {"mlflow": Mlflow, "wandb": Wandb, "trackio": Trackio}


def is_refused(error):
    # Errors of MLflow say how the server answered: 408 and 429 pass, and so do those from 500 on.
    status = error.get_http_status_code() if hasattr(error, "get_http_status_code") else 500
    names = {kind.__name__ for kind in type(error).__mro__}
    return bool(names & REFUSALS) or (status < 500 and status not in (408, 429))


def main():
    answers = os.fdopen(3, "w")
    curves = lock = None
    for line in sys.stdin:
        told = json.loads(line)
        answer = {}
        try:
            if "open" in told:
                lock = take(told["open"])
                curves = TRACKERS[told["open"]["tracker"]](told["open"])
                answer = {"last": curves.last}
            elif "rows" in told:
                curves.log([(step, numbers(metrics)) for step, metrics in told["rows"]])
            else:
                curves.end(told["end"]["status"], numbers(told["end"]["metrics"]))
                os.remove(lock.name)
        except ImportError as error:
            answer = {"error": str(error), "refused": True, "missing": True}
        except Exception as error:  # noqa: BLE001: whatever a tracker throws is reported
            answer = {"error": f"{type(error).__name__}: {error}", "refused": is_refused(error)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
