"""Train the heads: logistic regression on the frozen, centred vectors of the question bank."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from rapport.content.sections import SECTION_IDS
from rapport.search.knowledge import Head

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rapport.types import Floats, Row

MIN_QUESTIONS = 8
"""A guide with fewer bank questions gets no class; it is found by its situations and its text."""

GUIDE_C = 10.0
"""scikit-learn's inverse regularisation. On the judged questions 5, 10 and 20 differ by less than .005 in success@1."""

SECTION_C = 2.0
"""The same for the section head: fewer and noisier questions, more regularisation (1 to 3 are alike)."""

GUIDE_TOLERANCE, SECTION_TOLERANCE = 1e-6, 1e-4
"""Where training ends. The guide head would end far from its optimum at scikit-learn's own 1e-4: a change of 1e-7 in
the vectors then moves weights by .2, and guides far from the answer change places; so it moves them by .001. The
section head moves by 3e-6 either way."""

MAX_ITERATIONS = 2_000


def train_head(
    vectors: Floats, targets: Sequence[str | None], order: Sequence[str], c: float, tolerance: float
) -> Head:
    """Fit a head to bank vectors `(n, d)` and the class of each (None: not used), with inverse regularisation `c`.

    It ends when no gradient is larger than `tolerance`.

    `order` lists all possible classes; those with fewer than `MIN_QUESTIONS` questions are left out. Deterministic.
    """
    counts = Counter(targets)
    classes = [name for name in order if counts[name] >= MIN_QUESTIONS]
    if len(classes) < 2:  # nothing to tell apart
        return Head((), np.zeros((0, vectors.shape[1]), np.float32), np.zeros(0, np.float32))
    number = {name: at for at, name in enumerate(classes)}
    used = [(at, number[target]) for at, target in enumerate(targets) if target in number]
    model = LogisticRegression(C=c, max_iter=MAX_ITERATIONS, tol=tolerance)
    # more threads wait for each other longer than they work, and sum in another order
    with threadpool_limits(1):
        model.fit(vectors[[at for at, _ in used]].astype(np.float64), [label for _, label in used])
    weights, bias = model.coef_, model.intercept_
    if len(classes) == 2:  # scikit-learn then gives the second class only
        weights, bias = np.vstack([-weights, weights]) / 2, np.array([-bias[0], bias[0]]) / 2
    return Head(tuple(classes), weights.astype(np.float32), bias.astype(np.float32))


def section_targets(bank: Sequence[Row]) -> list[str | None]:
    """What each bank question teaches the section head: the section it asks for, if any.

    Whoever just tells a problem wants the short answer, so some questions that ask for no part stand for that one:
    as many, evenly spread, as the section most asked for has. More would drown the wishes: on the judged questions
    that ask for a part, .77 open it so, .80 without these, .69 with eight times as many; of those that ask for none,
    .70 open the short answer or the words to say, without these .45.
    """
    targets = [row.section for row in bank]
    undirected = [at for at, row in enumerate(bank) if row.section is None and row.guide is not None]
    wanted = max(Counter(section for section in targets if section).values(), default=0)
    if wanted and undirected:
        step = max(1, len(undirected) // wanted)
        for at in undirected[::step][:wanted]:
            targets[at] = SECTION_IDS[0]
    return targets
