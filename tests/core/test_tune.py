"""Fitting what decides which guides are shown, on the small project."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
import small

from rapport.lab.tune import FEWEST, _offering, _undecided
from rapport.search.ask import Searcher
from rapport.types import JudgedQuestion

if TYPE_CHECKING:
    from rapport.project import Project


def test_evidence_and_floor_tell_what_a_guide_has_to_do_with_a_question(built: Project, searcher: Searcher) -> None:
    knowledge = searcher.knowledge
    judged = [
        JudgedQuestion(f"de-{guide}-{at}", "de", "short", None if guide == "none" else guide, (), None, text)
        for guide in (*small.WRITTEN, "none")
        for at, text in enumerate(small.questions(guide, "de"))
    ]
    right = [{knowledge.guides.index(question.guide)} if question.guide else set() for question in judged]
    settings = _offering(Searcher(knowledge, small.BagOfTerms()), judged, right, knowledge.settings)
    fitted = Searcher(dataclasses.replace(knowledge, settings=settings), small.BagOfTerms())
    for question, guides in zip(judged, right, strict=True):
        evidence = fitted.rank(question.text).evidence
        for number, guide in enumerate(knowledge.guides):
            if guide in small.WRITTEN:
                assert (evidence[number] > 0.5) == (number in guides), question.text


def pairs(*groups: tuple[float, int, int]) -> list[tuple[float, bool]]:
    """(lead, how often the first is right, how often the second) → pairs."""
    return [(lead, second) for lead, *counts in groups for second, n in enumerate(counts) for _ in range(n)]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("counted", "lead"),
    [
        (pairs((0.1, 8, 4), (0.3, 9, 0)), 0.1),
        (pairs((0.1, 9, 1), (0.3, 9, 1)), 0.0),
        (pairs((0.1, 0, FEWEST - 1)), 0.0),
        (pairs((0.1, 0, FEWEST)), 0.1),
        ([], 0.0),
    ],
)
def test_readers_are_asked_where_the_second_is_often_the_right_one(
    counted: list[tuple[float, bool]], lead: float
) -> None:
    assert _undecided(counted) == lead
