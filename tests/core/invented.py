"""Runs that nobody asked: questions whose ids begin with their language, guides of one letter."""

from __future__ import annotations

from rapport.lab.runs import OWN, Asked, Result, Run
from rapport.search.answer import Outcome
from rapport.types import JudgedQuestion

MADE = {"commit": "abc1234", "index": "b0b0", "model": "bag-of-terms", "date": "2026-11-30", "asked": "all"}
WRITTEN = frozenset({"a", "b", "c"})


def asked(
    name: str,
    order: str,
    guide: str | None = "a",
    *,
    also: str = "",
    kind: str = "short",
    section: str | None = None,
    text: str = "",
    outcome: Outcome = Outcome.ANSWERED,
    confidence: float = 0.5,
    opens: str | None = None,
    bm25: str = "",
) -> Asked:
    """`order` are guides, best first; `bm25` the same of the other system, where that differs."""
    question = JudgedQuestion(name, name[:2], kind, guide, tuple(also), section, text or name)
    own = Result(ranked(order), outcome, confidence, opens)
    return Asked(question, {OWN: own, "bm25": Result(ranked(bm25 or order))})


def ranked(order: str) -> tuple[tuple[str, float], ...]:
    return tuple((guide, float(len(order) - at)) for at, guide in enumerate(order))


def run(*of: Asked, written: frozenset[str] = WRITTEN, made: dict[str, str] = MADE) -> Run:
    return Run(made, written, of)


def split_ids() -> dict[str, str]:
    """An id of each split."""
    found: dict[str, str] = {}
    for at in range(100):
        question = asked(f"nl-{at}", "a").question
        found.setdefault(question.split, question.id)
    return found
