"""The search index in memory: what `index.py` loads, `ranking.py` reads and `train.py` makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, overload

import numpy as np

from rapport.search.spelling import NO_SPELLING, Spelling
from rapport.types import Floats, Row, RowKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
class ReadingHead:
    """One attention per class over the states of a question's pieces: it looks for the point in a long text.

    With the states `h` less the mean state of the question's language, the logit of class g is
    `Σ softmax(query_g · h)(value_g · h) + mean_g · mean(h) + bias_g`.
    """

    classes: tuple[str, ...]
    """As in `Head`: those that it was trained for, and then `none`; empty where there is no trained head."""
    query: Floats
    """`(classes, d)`, as `value` and `mean`."""
    value: Floats
    mean: Floats
    bias: Floats
    """`(classes,)`."""
    centres: Floats
    """`(languages, d)`: mean state of a language's questions."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The ranking's few numbers, fitted to judged questions and kept in `search_index/ranking.yml`."""

    short: tuple[float, ...]
    """Weights of the signals, in the order of `ranking.SIGNALS`, for a question of up to `short_to` letters."""
    long: tuple[float, ...]
    """The same for one of `long_from` letters or more; between the two they pass into each other."""
    short_to: float
    long_from: float
    """Letters as `question.letters` counts them."""
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
    evidence: tuple[float, ...]
    """Logistic weights over `ranking.own_features`, the bias last: a guide has to do with the question."""
    floor: float
    """A guide with less evidence of its own is not shown, unless it is the answer."""
    undecided: float
    """A second guide that scores less than the first by no more than this leaves it to the reader which is meant."""


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
    sign: str
    """By what one knows that the guide is meant: the first item of its section `signs`; empty where it has none."""

    def section(self, anchor: str) -> tuple[str, str]:
        """Heading and first lines of a section; empty where the guide has none such."""
        return next(((heading, lines) for name, heading, lines in self.sections if name == anchor), ("", ""))


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


KINDS = tuple(RowKind)


class Rows(Sequence[Row]):
    """The rows of an index as arrays, each made into a `Row` when it is asked for.

    An index has thousands of rows, and an answer looks at some dozens.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """`arrays`: what `Rows.arrays` gives, by name."""
        self.kinds, self.guides, self.sections, self.langs, self.ends = (
            arrays[name] for name in ("kinds", "guides", "sections", "langs", "ends")
        )
        self.guide_names, self.section_names, self.lang_names = (
            tuple(str(name) for name in arrays[of]) for of in ("guide_names", "section_names", "lang_names")
        )
        self._texts = arrays["texts"]
        if len({len(self.kinds), len(self.guides), len(self.sections), len(self.langs), len(self.ends) - 1}) != 1:
            raise ValueError("the arrays of the rows do not match")

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Rows:
        """These rows as arrays."""
        rows = list(rows)
        names = [
            {name: at for at, name in enumerate(dict.fromkeys(column))}
            for column in (
                [row.guide for row in rows if row.guide is not None],
                [row.section for row in rows if row.section is not None],
                [row.lang for row in rows],
            )
        ]
        texts = [row.text.encode("utf-8") for row in rows]
        return cls(
            {
                "kinds": np.array([KINDS.index(row.kind) for row in rows], dtype=np.uint8),
                "guides": np.array([-1 if row.guide is None else names[0][row.guide] for row in rows], dtype=np.int32),
                "sections": np.array(
                    [-1 if row.section is None else names[1][row.section] for row in rows], dtype=np.int32
                ),
                "langs": np.array([names[2][row.lang] for row in rows], dtype=np.uint8),
                "ends": np.cumsum([0, *map(len, texts)], dtype=np.uint64),
                "texts": np.frombuffer(b"".join(texts), dtype=np.uint8),
                "guide_names": np.array(list(names[0]), dtype=np.str_),
                "section_names": np.array(list(names[1]), dtype=np.str_),
                "lang_names": np.array(list(names[2]), dtype=np.str_),
            }
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """By name: `kinds` (number in `RowKind`), `guides`, `sections` (−1: none) and `langs` are numbers in `…_names`;
        row i's text is `texts[ends[i]:ends[i + 1]]` in UTF-8."""
        return {
            "kinds": self.kinds,
            "guides": self.guides,
            "sections": self.sections,
            "langs": self.langs,
            "ends": self.ends,
            "texts": self._texts,
            "guide_names": np.array(self.guide_names, dtype=np.str_),
            "section_names": np.array(self.section_names, dtype=np.str_),
            "lang_names": np.array(self.lang_names, dtype=np.str_),
        }

    def __len__(self) -> int:
        return len(self.kinds)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | Sequence[Row]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        at = range(len(self))[at]
        guide, section = int(self.guides[at]), int(self.sections[at])
        return Row(
            KINDS[self.kinds[at]],
            self.guide_names[guide] if guide >= 0 else None,
            self.section_names[section] if section >= 0 else None,
            self.lang_names[self.langs[at]],
            self._texts[int(self.ends[at]) : int(self.ends[at + 1])].tobytes().decode("utf-8"),
        )


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
    rows: Sequence[Row]
    vectors: VectorIndex
    """Centred unit vectors of all rows."""
    means: Floats
    """`(languages, d)`: mean vector of the bank's questions per language."""
    head: Head
    section_head: Head
    reading: ReadingHead
    settings: Settings
    lexical: LexicalIndex
    """Over all rows; its row i is `rows[i]`."""
    texts: dict[tuple[str, str], GuideText]
    """By (guide, language), written guides only."""
    layout: Layout
    titles: dict[tuple[str, str], str]
    """Title of every guide of the catalogue by (guide, language), written or not."""
    spelling: Spelling = NO_SPELLING
    """How words of the rows are written, for questions that were typed without accents or in capitals."""

    def text(self, guide: str, lang: str) -> GuideText | None:
        """The guide in `lang`, else in the first language that has it; None where nobody has written it."""
        texts = self.texts
        return next((texts[guide, one] for one in (lang, *self.languages) if (guide, one) in texts), None)


def lay_out(rows: Sequence[Row], guides: Sequence[str], section_classes: Sequence[str]) -> Layout:
    """Group rows by guide and section; sections in catalogue order of guides, then in order of first appearance."""
    rows = rows if isinstance(rows, Rows) else Rows.of(rows)
    known = {guide: at for at, guide in enumerate(guides)}
    # −1, the number of no guide, is the last place
    number = np.array([*(known[name] for name in rows.guide_names), -1], dtype=np.int64)[rows.guides]
    kind = {one: rows.kinds == KINDS.index(one) for one in RowKind}
    answered = number >= 0

    # a section's name by number: none, those of the rows, the situations
    names = ["", *rows.section_names, SITUATIONS]
    part = np.where(kind[RowKind.SITUATION], len(names) - 1, rows.sections.astype(np.int64) + 1)
    sections = []
    for code, numbers in _grouped(number * len(names) + part, answered & ~kind[RowKind.BANK]):
        guide, name = divmod(code, len(names))
        sections.append(SectionRows(guide, names[name], numbers))
    sections.sort(key=lambda section: (section.guide, int(section.rows[0])))
    questions = dict(_grouped(number, answered & ~kind[RowKind.PASSAGE]))
    nothing = np.zeros(0, dtype=np.int64)
    return Layout(
        questions=tuple(questions.get(at, nothing) for at in range(len(guides))),
        unanswerable=np.flatnonzero(~answered),
        sections=tuple(sections),
        asking=tuple(
            np.flatnonzero(kind[RowKind.BANK] & (rows.sections == rows.section_names.index(section)))
            if section in rows.section_names
            else nothing
            for section in section_classes
        ),
    )


def _grouped(codes: NDArray[np.int64], among: NDArray[np.bool_]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Each code with the numbers of the rows `among` all that have it, ascending."""
    rows = np.flatnonzero(among)
    rows = rows[np.argsort(codes[rows], kind="stable")]
    found, starts = np.unique(codes[rows], return_index=True)
    for code, numbers in zip(found, np.split(rows, starts[1:]), strict=False):
        yield int(code), numbers
