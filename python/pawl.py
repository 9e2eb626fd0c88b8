"""What a program in Python needs to be a stage of a Pawl pipeline (`uses: command`): one file, no dependency.

    import pawl

    for step in pawl.steps(1000, save=save, load=load):
        pawl.metrics(step, loss=train(step))

`save(directory)` writes everything that the following steps depend on, `load(directory)` reads it. The loop resumes from
its newest checkpoint, reports progress, saves whenever a checkpoint is due, and ends with a last one when Pawl stops the
program. Without Pawl the same program runs from its beginning, and saves and reports nothing.

The contract itself is documented in docs/guides/programs.md.
"""

import ctypes
import json
import math
import os
import shutil
import signal
import sys
import time
from contextlib import contextmanager
from pathlib import Path

__all__ = ["checkpoint", "due", "inputs", "log", "metrics", "outputs", "progress", "resume", "seed", "steps", "stopping"]

#: Exit code of a failure that may pass: the stage is retried.
TRY_AGAIN = 75
#: Exit code of a failure that a retry cannot help.
REFUSED = 78
#: Exit code of a program that has run out of memory.
OUT_OF_MEMORY = 79

#: Whether Pawl runs this program.
managed = "PAWL_EVENTS" in os.environ

_events = None
_checkpoints = Path(os.environ["PAWL_CHECKPOINT_DIR"]) if managed else None
_seconds = float(os.environ.get("PAWL_CHECKPOINT_SECONDS", "inf"))
_saved_at = time.monotonic()
_stopped = False


def inputs(name):
    """The directory of an input, to be read only."""
    return Path(os.environ.get("PAWL_INPUTS", "inputs")) / name


def outputs(name):
    """The path at which an output is expected; the directory around it exists."""
    path = Path(os.environ.get("PAWL_OUTPUTS", "outputs")) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def seed(default=0):
    """The seed of this stage."""
    return int(os.environ.get("PAWL_SEED", default))


def resume():
    """The step and the directory of the newest checkpoint: (0, None) if there is none."""
    if "PAWL_RESUME" not in os.environ:
        return 0, None
    return int(os.environ["PAWL_RESUME_STEP"]), Path(os.environ["PAWL_RESUME"])


def progress(done, total, unit="steps", phase="work", **values):
    """Reports how far the program is. Cheap: call it every step."""
    _tell({"event": "progress", "done": done, "total": total, "unit": unit, "phase": phase, "metrics": _finite(values)})


def metrics(step=None, **values):
    """Records metrics of a step (`pawl metrics`) or, without a step, of the result."""
    event = {"event": "metrics", "metrics": _finite(values)}
    _tell(event if step is None else {**event, "step": step})


def log(message):
    """Writes a line to the run's log."""
    _tell({"event": "log", "message": str(message)})


def due():
    """Whether it is time to save a checkpoint."""
    return managed and (_stopped or time.monotonic() - _saved_at >= _seconds)


def stopping():
    """Whether Pawl stops the program: save a checkpoint, and end."""
    return _stopped


@contextmanager
def checkpoint(step):
    """A directory to save a checkpoint in, which is complete once the block ends.

    If the block raises, the checkpoint does not exist.
    """
    global _saved_at
    if _checkpoints is None:
        raise RuntimeError("a checkpoint needs a program that Pawl runs: ask pawl.due() first")
    unfinished = _checkpoints / f"unfinished-{os.getpid()}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    yield unfinished
    os.rename(unfinished, _checkpoints / str(int(step)))
    _saved_at = time.monotonic()


def steps(total, save=None, load=None, unit="steps", phase="train"):
    """Numbers of the steps that are left, from 1 to total; see the module's documentation."""
    done, directory = resume()
    if directory is not None:
        if load is None:
            raise RuntimeError("there is a checkpoint, but steps() was given no load")
        load(directory)
    for step in range(done + 1, total + 1):
        yield step
        progress(step, total, unit=unit, phase=phase)
        if save is not None and step < total and due():
            with checkpoint(step) as unfinished:
                save(unfinished)
        if _stopped and step < total:
            sys.exit(TRY_AGAIN)


def _finite(values):
    """The values that JSON can hold; the others are named in the log."""
    numbers = {name: float(value) for name, value in values.items()}
    for name, value in numbers.items():
        if not math.isfinite(value):
            log(f"{name} is {value}")
    return {name: value for name, value in numbers.items() if math.isfinite(value)}


def _tell(event):
    if _events is not None:
        _events.write(json.dumps(event) + "\n")
        _events.flush()


def _stop(_signal, _frame):
    global _stopped
    _stopped = True


def _open_events():
    try:
        return os.fdopen(int(os.environ["PAWL_EVENTS"]), "w", encoding="utf-8", closefd=False)
    except OSError as error:
        raise RuntimeError(
            "the descriptor PAWL_EVENTS is closed: launchers such as torchrun pass on standard output only; start them"
            ' with `env PAWL_EVENTS=1 LAUNCHER … >&"$PAWL_EVENTS"` and shell: true'
        ) from error


def _end_with_launcher():
    """A process with a session of its own, as torchrun starts them, is not in the group that Pawl kills."""
    if sys.platform == "linux" and os.getsid(0) == os.getpid():
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


if managed:
    _events = _open_events()
    _end_with_launcher()
    signal.signal(signal.SIGTERM, _stop)
