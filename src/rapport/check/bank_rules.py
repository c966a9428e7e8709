"""Rules for bank, judged questions, stories and parts: how many there are, and that none stands in two places."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from rapport.check.front_rules import fold
from rapport.content.parts import load_parts
from rapport.content.problem import Level, Problem
from rapport.content.questions import load_bank, load_judged, load_stories

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from rapport.content.catalogue import Catalogue
    from rapport.content.questions import Questions
    from rapport.project import Project
    from rapport.types import BankQuestion, JudgedQuestion

BANK_PER_GUIDE, BANK_NONE = 20, 100
JUDGED_PER_GUIDE, JUDGED_NONE = 3, 30
"""Fewest questions per language."""


def bank_problems(
    project: Project,
    catalogue: Catalogue,
    written: Mapping[str, Collection[str]],
    situations: Mapping[str, Mapping[str, str]],
) -> Iterator[Problem]:
    """Everything wrong with bank and judged questions.

    `written`: guides by language; `situations`: per language, `fold`ed situation → the place where it stands.
    """
    judged, problems = load_judged(project, catalogue)
    yield from problems
    taken = {lang: dict(places) for lang, places in situations.items()}
    for asked in judged:
        yield from _counts(asked, written.get(asked.lang, ()), JUDGED_PER_GUIDE, JUDGED_NONE)
        for question, line in zip(asked.questions, asked.lines, strict=True):
            taken.setdefault(asked.lang, {})[fold(question.text)] = f"{asked.path}:{line}"
    bank, problems = load_bank(project, catalogue)
    yield from problems
    for file in bank:
        yield from _taken(file, taken, "keep it out of the bank: ask in another way")
        yield from _counts(file, written.get(file.lang, ()), BANK_PER_GUIDE, BANK_NONE)
        for problem in _counts(file, catalogue.guides.keys() - set(written.get(file.lang, ())), BANK_PER_GUIDE, 0):
            yield replace(problem, level=Level.HINT)
    stories, problems = load_stories(project, catalogue)
    for file in stories:
        yield from _taken(file, taken, "delete it: what teaches cannot measure")
    yield from (problem for problem in [*problems, *load_parts(project)[1]] if problem.level is Level.ERROR)


def _taken(file: Questions[BankQuestion], taken: Mapping[str, Mapping[str, str]], mend: str) -> Iterator[Problem]:
    """Questions to learn from that stand somewhere else too."""
    for learnt, line in zip(file.questions, file.lines, strict=True):
        if place := taken.get(file.lang, {}).get(fold(learnt.text)):
            yield Problem(file.path, line, f"the question stands already at {place}", mend)


def _counts(
    file: Questions[BankQuestion] | Questions[JudgedQuestion], guides: Collection[str], per_guide: int, without: int
) -> Iterator[Problem]:
    count = Counter(question.guide for question in file.questions)
    for guide in guides:
        if count[guide] < per_guide:
            mend = f"write at least {per_guide - count[guide]} more"
            yield Problem(file.path, 1, f"{count[guide]} questions for {guide}, at least {per_guide} are needed", mend)
    if count[None] < without:
        mend = f'write at least {without - count[None]} more with "guide": null'
        what = f"{count[None]} questions without an answer, at least {without} are needed"
        yield Problem(file.path, 1, what, mend, Level.HINT)
