"""The search index in memory: what `index.py` loads, `ranking.py` reads and `train.py` makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from rapport.types import Floats, Row, RowKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rapport.search.lexical import LexicalIndex

NONE = "none"
"""Name of the head's class for questions that no guide of the catalogue answers."""

SITUATIONS = "situations"
"""Stands for a guide's situations among its sections; not an anchor."""


@dataclass(frozen=True, slots=True)
class Head:
    """A linear softmax on centred question vectors: logits are `weights · v' + bias`.

    One tells the guides that have enough bank questions, and `none`, apart; another the sections.
    """

    classes: tuple[str, ...]
    """Guide ids in catalogue order and then `none`, or section ids in their order."""
    weights: Floats
    """`(classes, d)`."""
    bias: Floats
    """`(classes,)`."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The ranking's few numbers, fitted to judged questions and kept in `search_index/ranking.yml`."""

    head: float
    near: float
    lexical: float
    text: float
    """Weights of the four signals."""
    dense: float
    """Share of the dense part in the text signal, 0 to 1."""
    section: float
    """What a wish for a section one standard deviation above the mean adds to its mix."""
    answerable: tuple[float, ...]
    """Logistic weights over `ranking.features`, the bias last: some guide of the catalogue answers the question."""
    correct: tuple[float, ...]
    """The same: the first guide does."""
    refuse_below: float
    """Questions whose probability of being answerable is lower are refused."""
    unwritten_lead: float
    """An unwritten guide must lead the first written one by this much score for the answer "not written yet"."""
    close: float
    """What scores less than the first guide by more than this is not offered as fitting."""


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
class SectionRows:
    """A section of a written guide in all its languages."""

    guide: int
    section: str
    """Anchor, or `SITUATIONS`."""
    rows: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Layout:
    """Which rows belong to what; worked out once, when an index is loaded."""

    questions: tuple[NDArray[np.int64], ...]
    """Per guide: rows of its bank questions and situations."""
    unanswerable: NDArray[np.int64]
    """Rows of the bank's questions without an answer."""
    sections: tuple[SectionRows, ...]
    asking: tuple[NDArray[np.int64], ...]
    """Per class of the section head: rows of the bank questions that ask for that section."""


class VectorIndex(Protocol):
    """Compares a vector with every row."""

    def cosines(self, vector: Floats) -> Floats:
        """`(rows,) float32`: inner product of a unit `(d,)` vector with each row, in row order."""
        ...


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything a question is compared with."""

    languages: tuple[str, ...]
    guides: tuple[str, ...]
    """Ids of all guides of the catalogue, in its order."""
    rows: tuple[Row, ...]
    vectors: VectorIndex
    """Centred unit vectors of all rows."""
    means: Floats
    """`(languages, d)`: mean vector of the bank's questions per language."""
    head: Head
    section_head: Head
    settings: Settings
    lexical: LexicalIndex
    """Over all rows; its row i is `rows[i]`."""
    texts: dict[tuple[str, str], GuideText]
    """By (guide, language), written guides only."""
    layout: Layout
    titles: dict[tuple[str, str], str]
    """Title of every guide of the catalogue by (guide, language), written or not."""

    def text(self, guide: str, lang: str) -> GuideText | None:
        """The guide in `lang`, else in the first language that has it; None where nobody has written it."""
        texts = self.texts
        return next((texts[guide, one] for one in (lang, *self.languages) if (guide, one) in texts), None)


def lay_out(rows: Sequence[Row], guides: Sequence[str], section_classes: Sequence[str]) -> Layout:
    """Group rows by guide and section; sections in catalogue order of guides, then in order of first appearance."""
    number = {guide: at for at, guide in enumerate(guides)}
    questions: list[list[int]] = [[] for _ in guides]
    unanswerable = []
    sections: dict[tuple[int, str], list[int]] = {}
    for at, row in enumerate(rows):
        if row.guide is None:
            unanswerable.append(at)
            continue
        guide = number[row.guide]
        if row.kind is RowKind.PASSAGE:
            sections.setdefault((guide, row.section or ""), []).append(at)
        else:
            questions[guide].append(at)
        if row.kind is RowKind.SITUATION:
            sections.setdefault((guide, SITUATIONS), []).append(at)
    parts = [
        SectionRows(guide, section, np.array(numbers))
        for (guide, section), numbers in sorted(sections.items(), key=lambda item: item[0][0])
    ]
    return Layout(
        questions=tuple(np.array(numbers, dtype=np.int64) for numbers in questions),
        unanswerable=np.array(unanswerable, dtype=np.int64),
        sections=tuple(parts),
        asking=tuple(
            np.array([at for at, row in enumerate(rows) if row.kind is RowKind.BANK and row.section == section])
            for section in section_classes
        ),
    )
