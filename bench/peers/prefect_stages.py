"""Prefect's side of `bench stages`: a flow of N trivial tasks in a row. Each line `run N` is answered with its seconds."""

import sys
import time

from prefect import flow, task


@task
def stage(before):
    return before + 1


@flow
def row(count):
    value = 0
    for _ in range(count):
        value = stage(value)
    return value


for line in sys.stdin:
    count = int(line.split()[1])
    began = time.perf_counter()
    assert row(count) == count
    print(time.perf_counter() - began, flush=True)
