"""A worker in Python that serves stages of Pawl pipelines (`uses: activity`) on a task queue of its own.

    from pawl_worker import serve

    def add_up(task):
        total = 0

        def save(directory):
            (directory / "total").write_text(str(total))

        def load(directory):
            nonlocal total
            total = int((directory / "total").read_text())

        for step in task.steps(task.settings["most"], save=save, load=load):
            total += step
        task.output("total").write_text(str(total))
        return {"total": total}

    serve({"add_up": add_up}, task_queue="python")

A task may name directories of PAWL_HOME's runs only: set PAWL_HOME to that of Pawl's workers, if it is not `.pawl` in the
working directory.

It needs the package `temporalio`. The contract itself is documented in docs/guides/own-stages.md.
"""

import asyncio
import contextvars
import json
import math
import os
import shutil
import signal
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

from temporalio import activity
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import Worker

__all__ = ["Refused", "Task", "serve"]

#: The contract that this module fulfills.
CONTRACT = 1
#: Time between two heartbeats, s. A worker that sends none for the stage's `heartbeat` (30 s) is
#: considered lost.
HEARTBEAT_SECONDS = 1
#: Time that running tasks have to save a checkpoint and to end once the worker must stop, s.
GRACE_SECONDS = 30


class Refused(Exception):
    """Raise it if a retry is of no use."""


class Task:
    """What a stage is to do, and the directories that it shares with Pawl."""

    def __init__(self, request):
        if request["contract"] != CONTRACT:
            raise Refused(f"the task has contract {request['contract']}, this worker knows {CONTRACT}")
        self.run, self.stage = request["run"], request["stage"]
        self.attempt, self.key, self.seed = request["attempt"], request["key"], request["seed"]
        #: `with.settings` of the stage.
        self.settings = request["settings"]
        runs = _runs()
        #: Directories by name, to be read only. Each is a link that Pawl made.
        self.inputs = {
            name: _below(runs, Path(directory).parent, "exchange") / Path(directory).name
            for name, directory in request["inputs"].items()
        }
        self._outputs = _below(runs, request["outputs"], "exchange")
        checkpoints = request["checkpoints"]
        self._checkpoints = {**checkpoints, "directory": _below(runs, checkpoints["directory"], "exchange")}
        # A Pawl of an earlier version gives neither.
        events, printed = request.get("events"), request.get("output")
        self._events = events and _below(runs, events, "exchange")
        self._printed = printed and _below(runs, printed, "output")
        resume = request.get("resume")
        self._resume = resume and {**resume, "directory": _below(runs, resume["directory"], "exchange")}
        self._saved_at = time.monotonic()
        #: The last progress, as heartbeats carry it.
        self.reached = {"checkpointStep": self._resume["step"]} if self._resume else {}

    def output(self, name):
        """The path at which an output is expected; the directory around it exists."""
        path = self._outputs / name
        if not path.resolve().is_relative_to(self._outputs):
            raise Refused(f"the output {name} would be outside the directory of outputs")
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def resume(self):
        """The step and the directory of the newest checkpoint: (0, None) if there is none."""
        return (self._resume["step"], Path(self._resume["directory"])) if self._resume else (0, None)

    def progress(self, done, total, unit="steps", phase="work", **metrics):
        """Reports how far the task is. Cheap: call it every step."""
        numbers = {name: float(value) for name, value in metrics.items() if math.isfinite(value)}
        self.reached.update(done=done, total=total, unit=unit, phase=phase, metrics=numbers)

    def metrics(self, step, **values):
        """Records metrics of a step (`pawl metrics`)."""
        numbers = {name: float(value) for name, value in values.items() if math.isfinite(value)}
        self._append(self._events, json.dumps({"event": "metrics", "step": step, "metrics": numbers}))

    def log(self, message):
        """Writes a line into the log of the run."""
        self._append(self._events, json.dumps({"event": "log", "message": str(message)}))

    def print(self, *values):
        """Writes a line for `pawl logs --output`."""
        self._append(self._printed, " ".join(map(str, values)))

    @staticmethod
    def _append(path, line):
        if path is not None:
            with open(path, "a") as stream:
                stream.write(line + "\n")

    def stopping(self):
        """Whether the run was canceled or the worker must stop: save a checkpoint, and end."""
        return activity.is_cancelled() or activity.is_worker_shutdown()

    def due(self):
        """Whether it is time to save a checkpoint."""
        return self.stopping() or time.monotonic() - self._saved_at >= self._checkpoints["everySeconds"]

    @contextmanager
    def checkpoint(self, step):
        """A directory to save a checkpoint in, which is complete once the block ends.

        If the block raises, the checkpoint does not exist.
        """
        directory = self._checkpoints["directory"]
        unfinished = directory / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        yield unfinished
        for path in [*unfinished.rglob("*"), unfinished]:
            _sync(path)
        os.rename(unfinished, directory / str(int(step)))
        _sync(directory)
        steps = sorted(int(path.name) for path in directory.iterdir() if path.name.isdigit())
        for old in steps[: -self._checkpoints["keep"]]:
            shutil.rmtree(directory / str(old))
        self.reached["checkpointStep"] = int(step)
        self._saved_at = time.monotonic()

    def steps(self, total, save=None, load=None, unit="steps", phase="train"):
        """Numbers of the steps that are left, from 1 to total.

        `save(directory)` writes everything that the following steps depend on, `load(directory)` reads it. The loop resumes
        from its newest checkpoint, reports progress, saves whenever a checkpoint is due, and ends with a last one when it
        must stop.
        """
        done, directory = self.resume()
        if directory is not None:
            if load is None:
                raise Refused("there is a checkpoint, but steps() was given no load")
            load(directory)
        self.progress(done, total, unit=unit, phase=phase)
        for step in range(done + 1, total + 1):
            yield step
            self.progress(step, total, unit=unit, phase=phase)
            if save is not None and step < total and self.due():
                with self.checkpoint(step) as unfinished:
                    save(unfinished)
            if step < total:
                self.stop_if_asked()

    def stop_if_asked(self):
        """Ends the task if it must stop."""
        if not self.stopping():
            return
        if activity.is_cancelled() and not activity.is_worker_shutdown():
            raise CancelledError("the run was canceled")
        raise ApplicationError("the worker stops", self.reached, type="PREEMPTED")


def _home():
    return Path(os.environ.get("PAWL_HOME") or ".pawl")


def _runs():
    """The directory of all runs, its links resolved."""
    home = _home()
    try:
        found = home.stat()
        runs = (home / "runs").resolve(strict=True)
    except OSError as error:
        raise Refused(f"{error}: set PAWL_HOME to the home directory of Pawl's workers, and start this worker again") from error
    # As Pawl itself does: a group may write there, and what is made there belongs to it.
    shared = found.st_mode & (stat.S_IWGRP | stat.S_ISGID) == stat.S_IWGRP | stat.S_ISGID
    if found.st_uid != os.getuid() and not shared:
        raise Refused(f"PAWL_HOME ({home.resolve()}) belongs to another user: this worker does not trust it")
    return runs


def _below(runs, path, kind):
    """A path that a task names, its links resolved: RUN/exchange/STAGE/ATTEMPT… or RUN/output/FILE below the runs.

    Whoever reaches the server can send a task; it decides nothing about other files.
    """
    parts = ()
    try:
        resolved = Path(path).resolve(strict=True)
        parts = resolved.relative_to(runs).parts
    except (OSError, RuntimeError, ValueError):
        pass
    if len(parts) < {"exchange": 4, "output": 3}[kind] or parts[1] != kind:
        raise Refused(
            f"the task names {path}, which is not a directory of a run in PAWL_HOME ({_home().resolve()}): "
            "set PAWL_HOME to the home directory of Pawl's workers, and start this worker again"
        )
    return resolved


def serve(stages, task_queue, at_once=1):
    """Serves stages until SIGTERM or Ctrl-C; running tasks may then save a checkpoint.

    It connects to the server that the variables of Temporal's clients name (TEMPORAL_ADDRESS and others) or, without them, to
    that of `pawl up` in this directory (or in PAWL_HOME).

    stages: functions by the activity's name; each is given a Task, and returns its metrics, or None
    at_once: number of tasks that run at the same time
    """
    asyncio.run(_serve(stages, task_queue, at_once))


async def _serve(stages, task_queue, at_once):
    client = await Client.connect(**_server())
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    with ThreadPoolExecutor(at_once) as threads:
        worker = Worker(
            client,
            task_queue=task_queue,
            activities=[_activity(name, work) for name, work in stages.items()],
            activity_executor=threads,
            max_concurrent_activities=at_once,
            graceful_shutdown_timeout=timedelta(seconds=GRACE_SECONDS),
            # How long a canceled run may wait until a task learns of it.
            max_heartbeat_throttle_interval=timedelta(seconds=HEARTBEAT_SECONDS),
            default_heartbeat_throttle_interval=timedelta(seconds=HEARTBEAT_SECONDS),
        )
        async with worker:
            await stopped.wait()


def _server():
    """Arguments of Client.connect."""
    config = ClientConfig.load_client_connect_config()
    if "target_host" in config:
        return config
    record = _home() / "up.json"
    up = json.loads(record.read_text()) if record.exists() else {"address": "localhost:7233", "namespace": "default"}
    return {**config, "target_host": up["address"], "namespace": up["namespace"]}


def _activity(name, work):
    """A function as an activity, which sends heartbeats while it works."""

    # By default, the SDK raises an error inside the function, at any place, when the task is
    # canceled.
    @activity.defn(name=name, no_thread_cancel_exception=True)
    def run(request: dict) -> dict:
        ended = Event()
        try:
            task = Task(request)
            Thread(target=contextvars.copy_context().run, args=(_beat, task, ended), daemon=True).start()
            return {"metrics": _finite(work(task) or {})}
        except Refused as error:
            raise ApplicationError(str(error), type="Refused", non_retryable=True) from error
        except MemoryError as error:
            raise ApplicationError("memory ran out", type="OUT_OF_MEMORY") from error
        finally:
            ended.set()

    return run


def _beat(task, ended):
    while not ended.wait(HEARTBEAT_SECONDS):
        activity.heartbeat(dict(task.reached))


def _finite(metrics):
    numbers = {name: float(value) for name, value in metrics.items()}
    for name, value in numbers.items():
        if not math.isfinite(value):
            raise Refused(f"its metric {name} is {value}")
    return numbers


def _sync(path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
