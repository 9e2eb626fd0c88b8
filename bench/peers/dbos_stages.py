"""DBOS's side of `bench orchestrator`: a workflow of N trivial steps in a row. Each line `run N` is answered with its seconds."""

import os
import sys
import time

from dbos import DBOS

DBOS(config={"name": "bench", "system_database_url": os.environ["BENCH_DATABASE"], "log_level": "ERROR"})


@DBOS.step()
def stage(before):
    return before + 1


@DBOS.workflow()
def row(count):
    value = 0
    for _ in range(count):
        value = stage(value)
    return value


DBOS.launch()
for line in sys.stdin:
    count = int(line.split()[1])
    began = time.perf_counter()
    assert row(count) == count
    print(time.perf_counter() - began, flush=True)
