"""A model as the rest of the program sees it: what an index remembers of it, and how texts become vectors. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rapport.types import Floats

Batches = Callable[[Sequence[str]], Iterable[tuple[Sequence[int], Floats]]]
"""Texts to their vectors, some at a time as they are done: places in the list of texts, and the rows `(places, d)`."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A question as the network sees it."""

    vector: Floats
    """`(d,)`, unit length."""
    states: Floats | None = None
    """`(pieces, d)`: what the last layer says of each piece; None with a model of one's own, which gives none."""


class QuestionEncoder(Protocol):
    """Turns questions into vectors."""

    def encode_question(self, text: str) -> Encoded:
        """The same for the same text, whatever was encoded before."""
        ...


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """The model that an index was built with; asking with any other is refused."""

    id: str
    fingerprint: str
    question_prompt: str
    passage_prompt: str
    pooling: str
    dimensions: int


@dataclass(frozen=True, slots=True)
class Embedding:
    """The model of a build, with its two ways to embed; each caches."""

    record: ModelRecord
    questions: Callable[[Sequence[str]], Floats]
    passages: Callable[[Sequence[str]], Floats]
