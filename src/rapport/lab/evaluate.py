"""Measure the search on judged questions, beside BM25 alone and vectors alone. Metrics by ir-measures."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import ir_measures
import numpy as np
from ir_measures import RR, Qrel, ScoredDoc, Success

from rapport.content.catalogue import read_catalogue
from rapport.content.questions import read_judged
from rapport.languages import LANGUAGES
from rapport.search.answer import Outcome
from rapport.search.ask import open_searcher
from rapport.search.ranking import centre, nearest_language, rank
from rapport.types import SPLITS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rapport.project import Project
    from rapport.search.ask import Searcher
    from rapport.search.ranking import Numbers, Ranking
    from rapport.types import JudgedQuestion

MEASURES = {"success@1": Success @ 1, "success@3": Success @ 3, "mrr@10": RR @ 10}
SYSTEMS = ("rapport", "bm25", "dense")


@dataclass(frozen=True, slots=True)
class Line:
    """Figures of one system on one group of questions; each between 0 and 1."""

    system: str
    group: str
    questions: int
    figures: dict[str, float]


@dataclass(frozen=True, slots=True)
class Part:
    """Figures of one split: all lines, and what refusing did."""

    lines: list[Line]
    refused: dict[str, float]
    """Group → share of questions without an answer that were refused. Higher is better."""
    refused_falsely: dict[str, float]
    """Group → share of questions on written guides that were not answered. Lower is better."""
    told_unwritten: dict[str, float]
    """Group → share of questions on unwritten guides that were not answered with a written one. Higher is better."""
    section: dict[str, float]
    """Group → share of questions with a wanted section in a written guide for which that guide, wherever it ranks,
    would open at that section. Higher is better."""


@dataclass(frozen=True, slots=True)
class Report:
    """Figures by split: `tune` holds what the ranking was fitted to, `hold` what it has not seen."""

    splits: dict[str, Part]

    def to_json(self) -> str:
        """The report as indented JSON."""
        return json.dumps(asdict(self), indent=1)


@dataclass(frozen=True, slots=True)
class _Judged:
    question: JudgedQuestion
    ranking: Ranking
    scores: dict[str, Numbers]


def evaluate(project: Project, folder: Path | None = None) -> Report:
    """Ask every judged question of `folder` (default: the project's own) and measure, each split by itself."""
    catalogue = read_catalogue(project)
    searcher = open_searcher(project)
    guides = searcher.knowledge.guides
    rows = searcher.knowledge.rows
    rows_of = [[at for at, row in enumerate(rows) if row.guide == guide] for guide in guides]
    asked = [_ask(searcher, question, rows_of) for question in read_judged(project, catalogue, folder)]
    written = {guide for guide, _ in searcher.knowledge.texts}
    return Report(
        {
            split: _part(part, written, guides)
            for split in SPLITS
            if (part := [one for one in asked if one.question.split == split])
        }
    )


def _part(asked: list[_Judged], written: set[str], guides: tuple[str, ...]) -> Part:
    groups = _groups(written)
    lines = [
        Line(system, name, len(part), _measure(part, system, guides))
        for name, belongs in groups.items()
        if (part := [one for one in asked if one.question.guide and belongs(one.question)])
        for system in SYSTEMS
    ]

    def share(wanted: Callable[[JudgedQuestion], bool], true: Callable[[_Judged], bool]) -> dict[str, float]:
        found = {}
        for name in ("all", *LANGUAGES):
            part = [one for one in asked if groups[name](one.question) and wanted(one.question)]
            if part:
                found[name] = float(np.mean([true(one) for one in part]))
        return found

    def opened(one: _Judged) -> bool:
        return one.ranking.section.get(guides.index(one.question.guide or "")) == one.question.section

    return Part(
        lines,
        refused=share(lambda q: q.guide is None, lambda one: one.ranking.outcome is not Outcome.ANSWERED),
        refused_falsely=share(lambda q: q.guide in written, lambda one: one.ranking.outcome is not Outcome.ANSWERED),
        told_unwritten=share(
            lambda q: bool(q.guide) and q.guide not in written and not written & set(q.also),
            lambda one: one.ranking.outcome is not Outcome.ANSWERED,
        ),
        section=share(lambda q: bool(q.section) and q.guide in written, opened),
    )


def _groups(written: set[str]) -> dict[str, Callable[[JudgedQuestion], bool]]:
    groups: dict[str, Callable[[JudgedQuestion], bool]] = {"all": lambda _: True}
    for lang in LANGUAGES:
        groups[lang] = lambda question, lang=lang: question.lang == lang  # type: ignore[misc]
    for kind in ("short", "long", "rough"):
        groups[kind] = lambda question, kind=kind: question.kind == kind  # type: ignore[misc]
    groups["written"] = lambda question: question.guide in written
    for lang in LANGUAGES:
        groups[f"written {lang}"] = lambda q, lang=lang: q.lang == lang and q.guide in written  # type: ignore[misc]
    return groups


def _ask(searcher: Searcher, question: JudgedQuestion, rows_of: list[list[int]]) -> _Judged:
    knowledge = searcher.knowledge
    encoded = searcher.encoder.encode_question(question.text)
    centred = centre(encoded.vector, knowledge.means[nearest_language(encoded.vector, knowledge.means)])
    cosines = knowledge.vectors.cosines(centred.astype(np.float32))
    words = knowledge.lexical.scores(question.text)
    ranking = rank(knowledge, encoded, words)
    scores = {
        "rapport": ranking.score,
        "bm25": np.array([words[rows].max(initial=0.0) for rows in rows_of]),
        "dense": np.array([cosines[rows].max(initial=-1.0) for rows in rows_of]),
    }
    return _Judged(question, ranking, scores)


def _measure(part: list[_Judged], system: str, guides: tuple[str, ...]) -> dict[str, float]:
    judged = [
        Qrel(one.question.id, guide, 1)
        for one in part
        for guide in (one.question.guide, *one.question.also)
        if guide is not None
    ]
    run = [
        ScoredDoc(one.question.id, guide, float(score))
        for one in part
        for guide, score in zip(guides, one.scores[system], strict=True)
    ]
    values = ir_measures.calc_aggregate(list(MEASURES.values()), judged, run)
    return {name: round(float(values[measure]), 4) for name, measure in MEASURES.items()}


def render(report: Report) -> str:
    """The report as text."""
    return "\n\n".join(f"== {split} ==\n{_render(part)}" for split, part in report.splits.items())


def _render(report: Part) -> str:
    out = [f"{'group':12} {'questions':>9}  {'system':8}" + "".join(f"{name:>11}" for name in MEASURES)]
    for line in report.lines:
        figures = "".join(f"{line.figures[name]:11.3f}" for name in MEASURES)
        out.append(f"{line.group:12} {line.questions:9}  {line.system:8}{figures}")
    for title, shares in (
        ("unanswerable questions refused", report.refused),
        ("questions on written guides not answered", report.refused_falsely),
        ("questions on unwritten guides not answered with another", report.told_unwritten),
        ("right section opened, where one is asked for", report.section),
    ):
        out.append(f"\n{title}")
        out.append("  " + "  ".join(f"{name} {value:.3f}" for name, value in shares.items()))
    return "\n".join(out)
