"""Chooses the settings of a classifier of handwritten digits by cross-validation, with scikit-learn, as a stage of Pawl.

Each choice is a step: a search that is killed continues after its newest checkpoint, which holds the scores so far.
"""

import json

import joblib
import pawl
from sklearn.datasets import load_digits
from sklearn.model_selection import ParameterGrid, StratifiedKFold, cross_val_score, train_test_split
from sklearn.svm import SVC

data, labels = load_digits(return_X_y=True)
train, test, train_labels, test_labels = train_test_split(
    data, labels, test_size=0.25, stratify=labels, random_state=pawl.seed()
)
choices = list(ParameterGrid({"C": [0.1, 1, 10, 100], "gamma": [0.0001, 0.0003, 0.001, 0.003]}))
folds = StratifiedKFold(5, shuffle=True, random_state=pawl.seed())
scores = []


def save(directory):
    (directory / "scores.json").write_text(json.dumps(scores))


def load(directory):
    scores.extend(json.loads((directory / "scores.json").read_text()))


for step in pawl.steps(len(choices), save=save, load=load, unit="choices", phase="search"):
    score = cross_val_score(SVC(**choices[step - 1]), train, train_labels, cv=folds).mean()
    scores.append(float(score))
    pawl.metrics(step, score=score)

best = scores.index(max(scores))
model = SVC(**choices[best]).fit(train, train_labels)
joblib.dump(model, pawl.outputs("model.joblib"))
pawl.metrics(accuracy=model.score(test, test_labels), rows=len(test), **choices[best])
