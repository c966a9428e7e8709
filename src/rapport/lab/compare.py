"""Two kept runs of the same questions side by side: what got better, what got worse, and whether that is chance. Pure.

Both are judged as the newer run's questions are; a question that one of them lacks, or that was worded or meant
otherwise (another guide), is left out. Intervals are of the difference question by question, over cases (see
`measures`). The p-value is that of the exact sign test, two-sided: of McNemar's test with cases, which are independent,
in place of questions, which are not.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from rapport.errors import UsageError
from rapport.lab.measures import LOWER_IS_BETTER, Figure, figure, question_values
from rapport.lab.runs import OWN, Asked, Run
from rapport.lab.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TESTED = "success@1"
"""The measure that is tested."""


@dataclass(frozen=True, slots=True)
class Change:
    """One measure in both runs."""

    measure: str
    old: float
    new: float
    difference: Figure
    """New minus old."""
    better: int
    """Questions that got better; where lower is better, whose value fell."""
    worse: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A question that another guide comes first for."""

    question: str
    right: str
    """Empty where no guide answers."""
    old: str
    new: str
    was_right: bool
    is_right: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of the questions that both runs hold."""

    old: dict[str, str]
    """What the older run was made with."""
    new: dict[str, str]
    questions: int
    left_out: int
    """Questions of either run that the other lacks, or has in other words or for another guide."""
    changes: list[Change]
    p: float | None
    """Of `success@1`, 0 to 1; None where no question has a guide."""
    moved: list[Moved]

    def to_json(self) -> str:
        """The comparison as indented JSON."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)


def compare(old: Run, new: Run) -> Comparison:
    """Compare two runs; UsageError where they share no question."""
    before = {one.question.id: one for one in old.asked}
    shared = [one for one in new.asked if _same(before.get(one.question.id), one)]
    if not shared:
        raise UsageError("the two runs share no question", mend="compare runs of the same judged questions")
    then = Run(
        old.made_with, old.written, tuple(Asked(one.question, before[one.question.id].results) for one in shared)
    )
    values, new_values = question_values(then), question_values(Run(new.made_with, new.written, tuple(shared)))
    case_of = {one.question.id: one.question.case for one in shared}
    changes, p = [], None
    for measure, of in values.items():
        # a question whose guide was written meanwhile is counted by one measure then, by another now: by neither here
        olds, news = (
            {name: one[name] for name in of if name in new_values[measure]} for one in (of, new_values[measure])
        )
        if olds:
            gains = {name: news[name] - olds[name] for name in olds}
            changes.append(_change(measure, olds, news, figure(gains, case_of), gains))
            if measure == TESTED:
                p = sign_test(*signs(gains, case_of))
    return Comparison(
        old.made_with,
        new.made_with,
        questions=len(shared),
        left_out=len({*before, *(one.question.id for one in new.asked)}) - len(shared),
        changes=changes,
        p=p,
        moved=[_moved(before[one.question.id], one) for one in shared if _first(before, one) != one.results[OWN].first],
    )


def _same(old: Asked | None, new: Asked) -> bool:
    return old is not None and (old.question.text, old.question.guide) == (new.question.text, new.question.guide)


def _first(before: Mapping[str, Asked], one: Asked) -> str:
    return before[one.question.id].results[OWN].first


def _moved(old: Asked, new: Asked) -> Moved:
    first, now = old.results[OWN].first, new.results[OWN].first
    return Moved(new.question.id, new.question.guide or "", first, now, first in new.right, now in new.right)


def _change(
    measure: str, olds: Mapping[str, float], news: Mapping[str, float], difference: Figure, gains: Mapping[str, float]
) -> Change:
    rose, fell = (sum(sign * gain > 0 for gain in gains.values()) for sign in (1, -1))
    better, worse = (fell, rose) if measure in LOWER_IS_BETTER else (rose, fell)
    return Change(measure, _mean(olds.values()), _mean(news.values()), difference, better, worse)


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return round(math.fsum(found) / len(found), 4)


def signs(gains: Mapping[str, float], case_of: Mapping[str, str]) -> tuple[int, int]:
    """How many cases rose and how many fell."""
    sums: dict[str, list[float]] = defaultdict(list)
    for name, gain in gains.items():
        sums[case_of[name]].append(gain)
    totals = [math.fsum(of) for of in sums.values()]
    return sum(total > 0 for total in totals), sum(total < 0 for total in totals)


def sign_test(rose: int, fell: int) -> float:
    """How probable a split at least as uneven is where both are equally likely, 0 to 1; exact, two-sided."""
    number = rose + fell
    tail = sum(math.comb(number, at) for at in range(min(rose, fell) + 1))
    return min(1.0, float(2 * tail / 2**number))


def render(comparison: Comparison) -> str:
    """The comparison as text."""
    changes = [
        (
            one.measure,
            f"{one.old:.3f}",
            f"{one.new:.3f}",
            f"{one.difference.value:+.3f} ({one.difference.low:+.3f} to {one.difference.high:+.3f})",
            str(one.difference.questions),
            str(one.better),
            str(one.worse),
            f"{comparison.p:.4f}" if one.measure == TESTED and comparison.p is not None else "",
        )
        for one in comparison.changes
    ]
    header = ("measure", "old", "new", "difference", "questions", "better", "worse", "p (cases)")
    moved = [
        (one.question, one.right or "none", f"{one.old}{_mark(one.was_right)} → {one.new}{_mark(one.is_right)}")
        for one in comparison.moved
    ]
    runs = {"old": comparison.old, "new": comparison.new}
    out = [f"{name}: " + ", ".join(f"{key} {value}" for key, value in made.items()) for name, made in runs.items()]
    out.append(f"{comparison.questions} questions compared, {comparison.left_out} left out")
    tables = [Table("", header, changes)]
    if moved:
        tables.append(Table("another guide first (✓ a right one)", ("question", "right", "old → new"), moved))
    return "\n\n".join(["\n".join(out), *(table.as_text() for table in tables)])


def _mark(right: bool) -> str:
    return " ✓" if right else ""
