"""Train the heads: logistic regression on the frozen, centred vectors of the question bank."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression

from rapport.knowledge import Head

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rapport.types import Floats

MIN_QUESTIONS = 8
"""A guide with fewer bank questions gets no class; it is found by its situations and its text."""

INVERSE_REGULARISATION = 10.0
"""scikit-learn's C. On the judged questions 5, 10 and 20 differ by less than .005 in success@1."""

MAX_ITERATIONS = 500


def train_head(vectors: Floats, targets: Sequence[str], order: Sequence[str]) -> Head:
    """Fit a head to bank vectors `(n, d)` and the class of each; deterministic.

    `order` lists all possible classes; those with fewer than `MIN_QUESTIONS` questions are left out.
    """
    counts = Counter(targets)
    classes = [name for name in order if counts[name] >= MIN_QUESTIONS]
    if len(classes) < 2:  # nothing to tell apart
        return Head((), np.zeros((0, vectors.shape[1]), np.float32), np.zeros(0, np.float32))
    number = {name: at for at, name in enumerate(classes)}
    used = [at for at, target in enumerate(targets) if target in number]
    model = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=MAX_ITERATIONS)
    model.fit(vectors[used].astype(np.float64), [number[targets[at]] for at in used])
    weights, bias = model.coef_, model.intercept_
    if len(classes) == 2:  # scikit-learn then gives the second class only
        weights, bias = np.vstack([-weights, weights]) / 2, np.array([-bias[0], bias[0]]) / 2
    return Head(tuple(classes), weights.astype(np.float32), bias.astype(np.float32))
