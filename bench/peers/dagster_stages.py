"""
Dagster's side of `bench orchestrator`: a job of N trivial ops in a row, in this process, with an instance that keeps its
runs and events in SQLite files below DAGSTER_HOME. Each line `run N` is answered with its seconds.
"""

import functools
import sys
import time

from dagster import DagsterInstance, In, Int, job, op


@op
def first():
    return 1


@op(ins={"before": In(Int)})
def stage(before):
    return before + 1


@functools.cache
def job_of(count):
    @job
    def row():
        value = first()
        for i in range(1, count):
            value = stage.alias(f"s{i}")(value)

    return row


quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
instance = DagsterInstance.get()
for line in sys.stdin:
    count = int(line.split()[1])
    row = job_of(count)
    began = time.perf_counter()
    result = row.execute_in_process(instance=instance, run_config=quiet)
    assert result.output_for_node(f"s{count - 1}") == count
    print(time.perf_counter() - began, flush=True)
