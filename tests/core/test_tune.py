"""Fitting what decides which guides are shown, on the small project."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest
import small

from rapport.errors import RapportError
from rapport.lab.tune import FEWEST, Asked, _folds, _offering, _undecided
from rapport.search.ask import Searcher
from rapport.search.index import read_index
from rapport.search.ranking import SIGNALS
from rapport.training.folds import FOLDS, fold_of
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
    settings = _offering(Asked(Searcher(knowledge, small.BagOfTerms()), judged, None), knowledge.settings)
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


def test_weights_are_those_that_put_most_questions_right(searcher: Searcher) -> None:
    """The reading head of the small project is of plain numbers, so it is not listened to."""
    questions = [
        JudgedQuestion(f"de-{guide}-{at}", "de", "short", guide, (), None, text)
        for guide in small.WRITTEN
        for at, text in enumerate(small.questions(guide, "de"))
    ]
    asked = Asked(Searcher(searcher.knowledge, small.BagOfTerms()), questions, None)
    said: list[str] = []
    best = dict(zip(SIGNALS, asked.best_weights(lambda length: length < 200, said.append), strict=True))
    assert best["reading"] == 0
    assert said == [f"{len(questions)} questions: {best}, success@1 1.0, MRR 1.0"]
    assert asked.best_weights(lambda length: length > 9000, said.append) == searcher.knowledge.settings.short


def test_real_questions_are_ranked_by_a_head_that_has_not_learnt_them(searcher: Searcher) -> None:
    text = small.questions("late-payment", "de")[0]
    kinds = [JudgedQuestion(f"de-{at}", "de", kind, "late-payment", (), None, text) for at, kind in
             enumerate(("short", *["real"] * 12))]  # fmt: skip
    folds = [dataclasses.replace(small.reading_head(), bias=np.full(3, fold, np.float32)) for fold in range(FOLDS)]
    heads = Asked(Searcher(searcher.knowledge, small.BagOfTerms()), kinds, folds).heads
    assert heads[0] is searcher.knowledge.reading
    assert [head is folds[fold_of(one.case)] for head, one in zip(heads[1:], kinds[1:], strict=True)] == [True] * 12


def test_without_these_heads_nothing_is_fitted(built: Project) -> None:
    with pytest.raises(RapportError, match="lacks the heads that have not learnt the questions; run `rapport train`"):
        _folds(built, read_index(built)[0])
