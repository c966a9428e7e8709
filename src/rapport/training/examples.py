"""What the reading head learns from: bank, stories, real questions of the split `tune`, and composed examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapport.content.catalogue import read_catalogue
from rapport.content.parts import read_parts
from rapport.content.questions import read_bank, read_judged, read_stories
from rapport.training.compose import compose
from rapport.types import BankQuestion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rapport.content.parts import Parts
    from rapport.project import Project
    from rapport.types import JudgedQuestion

COMPOSED = 8_000
"""Composed examples of a training."""

REAL_TIMES = 3
"""How often a story that somebody really told counts, and a real question of `tune`: of all examples they are most like
what people ask."""


@dataclass(frozen=True, slots=True)
class Materials:
    """Everything that examples are made from; ids of guides in catalogue order."""

    guides: tuple[str, ...]
    bank: Sequence[BankQuestion]
    stories: Sequence[BankQuestion]
    real: Sequence[JudgedQuestion]
    """Questions of kind `real` and split `tune`."""
    parts: Mapping[str, Parts]


@dataclass(frozen=True, slots=True)
class Example:
    """A text, its right answer, and how much it counts."""

    lang: str
    text: str
    guide: str | None
    weight: float = 1.0


def read_materials(project: Project) -> Materials:
    """Read them; ContentError at the first thing that is wrong."""
    catalogue = read_catalogue(project)
    judged = read_judged(project, catalogue)
    return Materials(
        tuple(catalogue.guides),
        read_bank(project, catalogue),
        read_stories(project, catalogue),
        [question for question in judged if question.kind == "real" and question.split == "tune"],
        read_parts(project),
    )


def make_examples(materials: Materials, seed: int, composed: int = COMPOSED) -> list[Example]:
    """All examples of a training, the same for the same seed."""
    made = compose(materials.bank, materials.parts, composed, seed)
    told = [*materials.stories, *(BankQuestion(one.guide, one.lang, one.text) for one in materials.real)]
    return [
        *(Example(one.lang, one.text, one.guide) for one in materials.bank),
        *(Example(one.lang, one.text, one.guide, REAL_TIMES) for one in told),
        *(Example(one.lang, one.text, one.guide) for one in made),
    ]
