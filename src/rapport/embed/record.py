"""A model as the rest of the program sees it: what an index remembers of it, and how texts become vectors. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rapport.types import Floats

Batches = Callable[[Sequence[str]], Iterable[tuple[Sequence[int], Floats]]]
"""Texts to their vectors, some at a time as they are done: places in the list of texts, and the rows `(places, d)`."""


class QuestionEncoder(Protocol):
    """Turns questions into vectors."""

    def encode_question(self, text: str) -> Floats:
        """`(d,) float32`, unit length; the same for the same text, whatever was encoded before."""
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
