"""What the reading head learns from: bank, stories, real questions of the split `tune`, and composed examples."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rapport.content.catalogue import read_catalogue
from rapport.content.parts import read_parts
from rapport.content.questions import read_bank, read_judged, read_stories
from rapport.languages import LANGUAGE
from rapport.search.question import read_question
from rapport.search.spelling import Spelling, collect_spellings
from rapport.training.compose import compose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rapport.content.parts import Parts
    from rapport.project import Project
    from rapport.types import BankQuestion, JudgedQuestion

COMPOSED = 8_000
"""Composed examples of a training."""

TOLD_TIMES = 2
"""How much a story that somebody really told counts, and a real question of `tune`: of all examples they are most like
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
    case: str = ""
    """Of a real question of `tune`, which is measured with too: its case, to leave it out of a training."""


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
    examples = [
        *(Example(one.lang, one.text, one.guide) for one in materials.bank),
        *(Example(one.lang, one.text, one.guide, TOLD_TIMES) for one in materials.stories),
        *(Example(one.lang, one.text, one.guide, TOLD_TIMES, one.case) for one in materials.real),
        *(Example(one.lang, one.text, one.guide) for one in made),
    ]
    # as the search will read what people type
    spelling = Spelling(collect_spellings(one.text for one in materials.bank if LANGUAGE[one.lang].spaced))
    return [replace(one, text=read_question(one.text, spelling)) for one in examples]
