"""Adds the numbers from 1 to the first argument; resumes from its newest checkpoint."""

import sys

import pawl

total = 0


def save(directory):
    (directory / "total").write_text(str(total))


def load(directory):
    global total
    total = int((directory / "total").read_text())


for step in pawl.steps(int(sys.argv[1]), save=save, load=load):
    total += step
    pawl.metrics(step, total=total)

pawl.outputs("total").write_text(str(total))
pawl.metrics(total=total)
