"""Scores of responses by reasoning-gym's verifiers, its own problems, and solutions computed without Pawl, as JSON.

usage: reasoning_gym_scores.py FILE

FILE: [{"task": "chain_sum", "rows": [{"instruction": …, "response": …, "candidates": [text, …]}]}]
prints: [{"scores": [[1.0, …], …], "solutions": [text, …], "own": [{"question": …, "answer": …}]}]
"""

import json
import re
import sys

import reasoning_gym
from sympy import Eq, Symbol, solve, sympify


def solution(task: str, question: str) -> str:
    if task == "chain_sum":
        return str(sympify(re.fullmatch(r"What is (.*)\?", question)[1]))
    if task == "simple_equations":
        left, right = re.fullmatch(r"What is x if (.*) = (.*)\?", question).groups()
        (value,) = solve(Eq(sympify(left), sympify(right)), Symbol("x"))
        return str(value)
    return re.fullmatch(r"Spell (\w+) backward\.", question)[1][::-1]


results = []
for given in json.load(open(sys.argv[1])):
    # Words of three letters on are in its list.
    dataset = reasoning_gym.create_dataset(given["task"], size=50, seed=1)
    rows = given["rows"]
    score = lambda row, text: dataset.score_answer(text, {"answer": row["response"], "metadata": {}})
    results.append(
        {
            "scores": [[score(row, text) for text in row["candidates"]] for row in rows],
            "solutions": [solution(given["task"], row["instruction"]) for row in rows],
            "own": [{"question": entry["question"], "answer": entry["answer"]} for entry in dataset],
        }
    )
print(json.dumps(results))
