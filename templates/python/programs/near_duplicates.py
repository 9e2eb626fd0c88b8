"""Drops rows that nearly repeat an earlier one, as a stage of a Pawl pipeline; needs nothing but Python.

Two rows are alike by the Jaccard index of their runs of three words, estimated by minimal hashes: the share of hash
functions whose smallest value over both rows is the same (A. Broder, On the resemblance and containment of documents,
1997). Rows are compared if they share one of the smallest values; what is kept depends on their order alone.
"""

import argparse
import json
import re
import zlib

import pawl

parser = argparse.ArgumentParser()
parser.add_argument("--threshold", type=float, default=0.5)
arguments = parser.parse_args()

functions, run, batch, prime = 128, 3, 50, (1 << 61) - 1
factors = [(0x9E3779B97F4A7C15 * (2 * i + 1) % prime, 0xBF58476D1CE4E5B9 * (i + 1) % prime) for i in range(functions)]
with open(pawl.inputs("rows") / "data.jsonl", encoding="utf-8") as file:
    rows = [json.loads(line) for line in file]
kept, places = [], {}


def smallest(text):
    """The smallest value of each hash function over the runs of words."""
    words = re.findall(r"\w+", text.lower())
    runs = {" ".join(words[i : i + run]) for i in range(max(1, len(words) - run + 1))}
    digests = [zlib.crc32(words.encode()) for words in runs]
    return tuple(min((a * digest + b) % prime for digest in digests) for a, b in factors)


def keep(place, values):
    kept.append((place, values))
    for pair in enumerate(values):
        places.setdefault(pair, []).append(values)


def save(directory):
    (directory / "kept.json").write_text(json.dumps(kept))


def load(directory):
    for place, values in json.loads((directory / "kept.json").read_text()):
        keep(place, tuple(values))


def repeats(values):
    candidates = {other for pair in enumerate(values) for other in places.get(pair, [])}
    alike = (sum(map(int.__eq__, values, other)) / functions for other in candidates)
    return any(share >= arguments.threshold for share in alike)


for step in pawl.steps(-(-len(rows) // batch), save=save, load=load, unit="batches", phase="compare"):
    for place in range((step - 1) * batch, min(step * batch, len(rows))):
        values = smallest(rows[place]["text"])
        if not repeats(values):
            keep(place, values)

with open(pawl.outputs("kept.jsonl"), "w", encoding="utf-8") as file:
    for place, _ in kept:
        file.write(json.dumps(rows[place], ensure_ascii=False) + "\n")
pawl.metrics(rows=len(rows), kept=len(kept), dropped=len(rows) - len(kept))
