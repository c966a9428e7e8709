"""What a question found, as values. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    NOTHING = "nothing"
    """No guide of the catalogue fits."""
    UNWRITTEN = "unwritten"
    """A guide of the catalogue fits, but nobody has written it yet."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One guide of an answer, with the section to open."""

    rank: int
    guide: str
    section: str
    lang: str
    title: str
    heading: str
    url: str
    score: float
    """Higher is better; comparable within one answer only."""
    fits: bool
    """Whether it is offered as fitting, as at most three are: the question is answered, and the score comes close to
    the first one's."""
    text: str
    """The section's first lines, plain."""
    short: str
    """The short answer's first lines, plain; empty where the guide has none."""
    matched: str
    """The situation or question nearest to the reader's, in `lang`; empty where none is."""


@dataclass(frozen=True, slots=True)
class Option:
    """One of two guides that may be meant."""

    guide: str
    sign: str
    """By what one knows that it is, a line in the language of the guide's hit."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Two guides of which the reader knows better which is meant: the first two hits."""

    a: Option
    b: Option


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question found. `hits` are distinct guides, best first; where none fits, those that are near, if any."""

    question: str
    foreign: bool
    """Whether the question is in none of the languages that there are."""
    lang: str
    outcome: Outcome
    confidence: float
    """Calibrated probability that the first hit answers the question, 0 to 1."""
    hits: tuple[Hit, ...]
    touches: bool
    """Whether the question is a long text that tells of all those situations whose hits fit, two or three."""
    choice: Choice | None
    unwritten: str | None
    """Id of the unwritten guide, where the outcome is UNWRITTEN."""
    unwritten_title: str
    elapsed_ms: float

    @property
    def answered(self) -> bool:
        """Whether the first hit is offered as the answer."""
        return self.outcome is Outcome.ANSWERED
