"""Figures of a run: measures by ir-measures, intervals by bootstrap over cases. Pure.

Ranking measures count questions that have a guide. The guide itself is graded 2, guides named in `also` 1; nDCG@10 uses
the grades as gains (as trec_eval does), for the others every graded guide is right.

Versions of one question in several languages are one case and stand or fall together, so intervals are drawn over
cases: 1,000 times as many cases as there are, with replacement, always the same draws.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import ir_measures
import numpy as np
from ir_measures import RR, Measure, Qrel, R, ScoredDoc, Success, nDCG

from rapport.lab.runs import OWN, Choice, grades
from rapport.languages import LANGUAGES
from rapport.search.answer import Outcome
from rapport.types import JUDGED_KINDS, SPLITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray

    from rapport.lab.runs import Asked, Run
    from rapport.types import JudgedQuestion

RANKING = {"success@1": Success @ 1, "success@3": Success @ 3, "mrr@10": RR @ 10, "ndcg@10": nDCG @ 10}
CORPUS = {"ndcg@10": nDCG @ 10, "success@1": Success @ 1, "recall@100": R @ 100}
"""What is told of other corpora."""
OUTCOMES = {
    "refused": "questions without a guide refused",
    "refused_falsely": "questions on written guides not answered (lower is better)",
    "told_unwritten": "questions on unwritten guides not answered with another",
    "section": "right section opened, where one is asked for",
    "same_first": "the same first guide as the small copy",
    "same_outcome": "the same outcome as the small copy",
}
"""Measures of systems that answer or refuse; the last two of the full model only."""
LOWER_IS_BETTER = {"refused_falsely"}

DEPTH = 10
"""No ranking measure looks further down."""
DRAWS = 1000
SEED = 20261130
LEVEL = 95
"""Of an interval, in percent."""

LENGTHS = (100, 200, 350, 600)
"""Letters at which a longer group of questions begins."""
BINS = 10
"""Of the confidence, all equally wide."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over questions with its 95 % interval; shares are 0 to 1."""

    value: float
    low: float
    high: float
    questions: int
    cases: int

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f})"


@dataclass(frozen=True, slots=True)
class Line:
    """Figures of one system on one group of questions, by measure."""

    system: str
    group: str
    figures: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Confusion:
    """A wrong guide that came first for a right one."""

    right: str
    first: str
    count: int
    questions: tuple[str, ...]
    """Ids."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions whose confidence lies between `low` and `high`."""

    low: float
    high: float
    confidence: float
    """Their mean."""
    right: Figure
    """Share whose first guide is right; a question without a guide has none."""


@dataclass(frozen=True, slots=True)
class Part:
    """Figures of one split."""

    lines: list[Line]
    confusions: list[Confusion]
    calibration: list[Bin]

    def line(self, system: str, group: str) -> Line | None:
        """Figures of a system on a group; None where none was asked."""
        return next((line for line in self.lines if (line.system, line.group) == (system, group)), None)


@dataclass(frozen=True, slots=True)
class Report:
    """Figures by split: `tune` holds what the ranking was fitted to, `hold` what it has not seen."""

    made_with: dict[str, str]
    splits: dict[str, Part]

    def to_json(self) -> str:
        """The report as indented JSON."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)


def make_report(run: Run) -> Report:
    """Measure a run, each split that it has by itself."""
    splits = {}
    for split in SPLITS:
        if any(one.question.split == split for one in run.asked):
            part = run.only(Choice(splits=(split,)))
            splits[split] = Part(measure(part), confusions(part.asked), calibration(part.asked))
    return Report(run.made_with, splits)


def question_values(run: Run, system: str = OWN) -> dict[str, dict[str, float]]:
    """Measure → question id → value, for the questions that the measure counts."""
    answered = [one for one in run.asked if one.right]
    values = calculate(
        RANKING,
        {one.question.id: dict(grades(one)) for one in answered},
        {one.question.id: [guide for guide, _ in one.results[system].ranking[:DEPTH]] for one in answered},
    )
    values |= {name: {} for name in OUTCOMES}
    for one in run.asked:
        for name, value in _outcome_values(one, run.written, system).items():
            values[name][one.question.id] = float(value)
    return values


def calculate(
    measures: Mapping[str, Measure], judged: Mapping[str, Mapping[str, int]], ranked: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, float]]:
    """Measure → question → value; `judged` are grades, above 0 is relevant, `ranked` what was found, best first."""
    names = {str(measure): name for name, measure in measures.items()}
    values: dict[str, dict[str, float]] = {name: {} for name in measures}
    if judged:
        qrels = [Qrel(question, found, grade) for question, of in judged.items() for found, grade in of.items()]
        run = [ScoredDoc(question, one, float(-at)) for question, of in ranked.items() for at, one in enumerate(of)]
        for metric in ir_measures.iter_calc(list(measures.values()), qrels, run):
            values[names[str(metric.measure)]][metric.query_id] = float(metric.value)
    return values


def _outcome_values(one: Asked, written: AbstractSet[str], system: str) -> dict[str, bool]:
    question, result, own = one.question, one.results[system], one.results[OWN]
    if result.outcome is None:
        return {}
    values = {}
    unanswered = result.outcome is not Outcome.ANSWERED
    if question.guide is None:
        values["refused"] = unanswered
    elif question.guide in written:
        values["refused_falsely"] = unanswered
        if question.section:
            values["section"] = result.opens == question.section
    elif not one.right & written:
        values["told_unwritten"] = unanswered
    if system != OWN:
        values["same_first"] = result.first == own.first
        values["same_outcome"] = result.outcome is own.outcome
    return values


def figure(values: Mapping[str, float], case_of: Mapping[str, str]) -> Figure:
    """Mean of the values of some questions, each of a case, with its interval."""
    sums: dict[str, float] = defaultdict(float)
    counts: Counter[str] = Counter()
    for name, value in values.items():
        sums[case_of[name]] += value
        counts[case_of[name]] += 1
    total, number = np.array(list(sums.values())), np.array([counts[case] for case in sums], dtype=np.float64)
    drawn = _draws(len(sums))
    low, high = np.percentile((drawn @ total) / (drawn @ number), [(100 - LEVEL) / 2, (100 + LEVEL) / 2])
    value, low, high = (round(float(one), 4) for one in (total.sum() / number.sum(), low, high))
    return Figure(value, low, high, len(values), len(sums))


@lru_cache(maxsize=64)
def _draws(cases: int) -> NDArray[np.float64]:
    """`(DRAWS, cases)`: how often each case is drawn."""
    random = np.random.default_rng(SEED)
    return random.multinomial(cases, np.full(cases, 1 / cases), size=DRAWS).astype(np.float64)


def groups(written: AbstractSet[str]) -> dict[str, Callable[[JudgedQuestion], bool]]:
    """Name → which questions belong to it."""
    found: dict[str, Callable[[JudgedQuestion], bool]] = {"all": lambda _: True}
    for lang in LANGUAGES:
        found[lang] = lambda question, lang=lang: question.lang == lang  # type: ignore[misc]
    for kind in JUDGED_KINDS:
        found[kind] = lambda question, kind=kind: question.kind == kind  # type: ignore[misc]
    for name in length_names():
        found[name] = lambda question, name=name: length_name(question.text) == name  # type: ignore[misc]
    found["written"] = lambda question: question.guide in written
    for lang in LANGUAGES:
        found[f"written {lang}"] = lambda q, lang=lang: q.lang == lang and q.guide in written  # type: ignore[misc]
    return found


def length_names() -> list[str]:
    """Groups by length of the text, in letters, the shortest first."""
    between = [f"{low}–{high - 1} letters" for low, high in itertools.pairwise(LENGTHS)]
    return [f"<{LENGTHS[0]} letters", *between, f"≥{LENGTHS[-1]} letters"]


def length_name(text: str) -> str:
    """The group of a text by its length."""
    return length_names()[sum(len(text) >= limit for limit in LENGTHS)]


def measure(run: Run) -> list[Line]:
    """Every system of a run on every group that has questions for it."""
    case_of = {one.question.id: one.question.case for one in run.asked}
    members = {
        name: {one.question.id for one in run.asked if belongs(one.question)}
        for name, belongs in groups(run.written).items()
    }
    lines = []
    values = {system: question_values(run, system) for system in run.asked[0].results}
    for group, ids in members.items():
        for system, by_measure in values.items():
            figures = {
                name: figure(part, case_of)
                for name, of in by_measure.items()
                if (part := {one: value for one, value in of.items() if one in ids})
            }
            if figures:
                lines.append(Line(system, group, figures))
    return lines


def confusions(asked: Iterable[Asked]) -> list[Confusion]:
    """Wrong first guides, the most frequent pairs first, equally frequent ones by name."""
    pairs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in asked:
        first = one.results[OWN].first
        if one.question.guide and first not in one.right:
            pairs[one.question.guide, first].append(one.question.id)
    ordered = sorted(pairs.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return [Confusion(right, first, len(ids), tuple(ids)) for (right, first), ids in ordered]


def calibration(asked: Iterable[Asked]) -> list[Bin]:
    """What the confidence is worth: by bins of it that hold questions, how often the first guide is right."""
    bins: dict[int, list[Asked]] = defaultdict(list)
    for one in asked:
        bins[min(int(one.results[OWN].confidence * BINS), BINS - 1)].append(one)
    return [
        Bin(
            number / BINS,
            (number + 1) / BINS,
            round(float(np.mean([one.results[OWN].confidence for one in of])), 4),
            figure(
                {one.question.id: float(one.results[OWN].first in one.right) for one in of},
                {one.question.id: one.question.case for one in of},
            ),
        )
        for number, of in sorted(bins.items())
    ]
