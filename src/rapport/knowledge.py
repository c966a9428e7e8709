"""The search index in memory: what `index.py` loads, `ranking.py` reads and `train.py` makes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rapport.lexical import LexicalIndex
from rapport.types import Floats, Row

NONE = "none"
"""Name of the head's class for questions that no guide of the catalogue answers."""


@dataclass(frozen=True, slots=True)
class Head:
    """Linear softmax over the guides that have bank questions, and `none`: `logits = weights · v' + bias`."""

    classes: tuple[str, ...]
    """Guide ids in catalogue order, `none` last."""
    weights: Floats
    """`(classes, d)`."""
    bias: Floats
    """`(classes,)`."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic models that turn a ranking's features into probabilities: `sigmoid(weights · x + bias)`.

    What the features are stands in `ranking.features`.
    """

    answerable: Floats
    """`(features + 1,)`, the bias last: some guide of the catalogue answers the question."""
    correct: Floats
    """`(features + 1,)`: the first guide does."""
    refuse_below: float
    """Questions whose probability of being answerable is lower are refused."""


@dataclass(frozen=True, slots=True)
class GuideText:
    """What an answer shows of one guide in one language."""

    guide: str
    theme: str
    lang: str
    title: str
    summary: str
    sections: tuple[tuple[str, str, str], ...]
    """(anchor, heading, first lines as plain text) in the guide's order."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything a question is compared with. Row i of `vectors` belongs to `rows[i]`."""

    languages: tuple[str, ...]
    guides: tuple[str, ...]
    """Ids of all guides of the catalogue, in its order."""
    rows: tuple[Row, ...]
    means: Floats
    """`(languages, d)`: mean vector of the bank's questions per language."""
    head: Head
    calibration: Calibration
    lexical: LexicalIndex
    """Over the passages and situations; its row i is `lexical_rows[i]`."""
    lexical_rows: NDArray[np.int32]
    texts: dict[tuple[str, str], GuideText]
    """By (guide, language), written guides only."""
    titles: dict[tuple[str, str], str]
    """Title of every guide of the catalogue by (guide, language), written or not."""
