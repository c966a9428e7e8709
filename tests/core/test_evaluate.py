"""Asking the judged questions: every system from one encoding, and the ranking without some of its signals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import small

from rapport.lab.evaluate import ABLATIONS, ablations, ask_all, git_commit
from rapport.lab.measures import question_values
from rapport.lab.runs import Run
from rapport.search.answer import Outcome
from rapport.search.ranking import SIGNALS
from rapport.types import JudgedQuestion

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rapport.project import Project
    from rapport.search.ask import Searcher

QUESTIONS = [
    JudgedQuestion("de-1", "de", "short", "invoice-unclear", (), "why", "Der Kunde fragt, was die Rechnung bedeutet"),
    JudgedQuestion("nl-2", "nl", "short", "leave-early", (), None, "de klant put mij uit, ik wil weg"),
    JudgedQuestion("es-3", "es", "none", None, (), None, "La empresa busca una receta de sopa"),
]


def test_every_system_answers_from_one_encoding(built: Project, reopen: Callable[[Project], Searcher]) -> None:
    searcher = reopen(built)
    asked = ask_all(searcher, QUESTIONS, small.quiet, ablate=True)
    assert searcher.encoder.seen == [one.text for one in QUESTIONS]  # type: ignore[attr-defined]
    assert set(asked[0].results) == {"rapport", "bm25", "dense", *ABLATIONS}
    guides = set(small.THEMES)
    for one in asked:
        for name, result in one.results.items():
            assert {guide for guide, _ in result.ranking} == guides, name
            scores = [score for _, score in result.ranking]
            assert scores == sorted(scores, reverse=True), name
            assert (result.outcome is None) == (name != "rapport")
        whole = searcher.rank(one.question.text)
        own = one.results["rapport"]
        assert [guide for guide, _ in own.ranking] == [searcher.knowledge.guides[at] for at in whole.order]
        assert (own.outcome, own.confidence) == (whole.outcome, whole.correct)
    first, unwritten, none = (one.results["rapport"] for one in asked)
    assert (first.first, first.outcome) == ("invoice-unclear", Outcome.ANSWERED)
    assert first.opens in small.SECTIONS
    assert (unwritten.first, unwritten.outcome, unwritten.opens) == ("leave-early", Outcome.UNWRITTEN, None)
    assert (none.outcome, none.opens) == (Outcome.NOTHING, None)
    values = question_values(Run({}, frozenset(small.WRITTEN), asked))
    assert values["success@1"] == {"de-1": 1, "nl-2": 1}
    assert (values["refused"], values["told_unwritten"]) == ({"es-3": 1}, {"nl-2": 1})


def test_the_baselines_are_the_best_row_of_each_guide(searcher: Searcher) -> None:
    knowledge = searcher.knowledge
    (asked,) = ask_all(searcher, QUESTIONS[:1], small.quiet)
    words = knowledge.lexical.scores(QUESTIONS[0].text)
    best = {
        guide: max(float(words[at]) for at, row in enumerate(knowledge.rows) if row.guide == guide)
        for guide in small.THEMES
    }
    assert dict(asked.results["bm25"].ranking) == best


def test_the_full_model_ranks_as_the_rest_does(searcher: Searcher) -> None:
    """With another question's vector it ranks by that, and by the words of this one."""
    full = np.stack([small.vector(one.text) for one in (QUESTIONS[0], QUESTIONS[0], QUESTIONS[2])])
    asked = ask_all(searcher, QUESTIONS, small.quiet, full=full)
    assert asked[0].results["full"] == asked[0].results["rapport"]
    assert asked[2].results["full"] == asked[2].results["rapport"]
    assert asked[1].results["full"].ranking != asked[1].results["rapport"].ranking
    values = question_values(Run({}, frozenset(small.WRITTEN), asked), "full")
    assert set(values["same_first"]) == {one.id for one in QUESTIONS}


def test_ablation_leaves_out_one_signal_or_all_others() -> None:
    """By hand: z-scores of (1, −1), (−1, 1), … over two guides are themselves."""
    up, down = np.array([1.0, -1.0]), np.array([-1.0, 1.0])
    signals = dict(zip(SIGNALS, (up, up, down, up, down), strict=True))
    found = {name: float(score[0]) for name, score in ablations(signals, (5.0, 4.0, 3.0, 2.0, 1.0)).items()}
    assert found == pytest.approx(
        {
            "without reading": (4 - 3 + 2 - 1) / 10,
            "without head": (5 - 3 + 2 - 1) / 11,
            "without near": (5 + 4 + 2 - 1) / 12,
            "without lexical": (5 + 4 - 3 - 1) / 13,
            "without text": (5 + 4 - 3 + 2) / 14,
            "reading alone": 1,
            "head alone": 1,
            "near alone": -1,
            "lexical alone": 1,
            "text alone": -1,
        }
    )
    assert tuple(found) == ABLATIONS


def test_a_folder_without_git_has_no_commit(tmp_path: Path) -> None:
    assert git_commit(tmp_path) == ""
