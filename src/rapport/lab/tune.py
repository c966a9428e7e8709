"""Fit the ranking's few numbers to the judged questions of the split `tune` and write `search_index/ranking.yml`.

The weights of the signals are chosen from a small grid by success@1 (then MRR); the two logistic models are fitted to
the features of the ranking; the two thresholds are set so that few answerable questions are refused. A third logistic
model tells guides that have to do with a question from those that do not, one by one; `floor` is set so that few right
ones are hidden, `undecided` so that readers are asked where the second guide is the right one often enough.
"""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression

from rapport.content.catalogue import read_catalogue
from rapport.content.questions import read_judged
from rapport.errors import RapportError
from rapport.search.answer import Outcome
from rapport.search.ask import open_searcher
from rapport.search.ranking import SIGNALS, comparable, fitting, own_features, rank, showing
from rapport.search.reading import fold_path, read_reading
from rapport.training.folds import FOLDS, fold_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rapport.project import Project
    from rapport.search.ask import Searcher
    from rapport.search.knowledge import Knowledge, ReadingHead, Settings
    from rapport.search.ranking import Numbers, Ranking
    from rapport.types import JudgedQuestion

GRID = {
    "reading": (0.0, 0.25, 0.5, 1.0),
    "head": (0.0, 0.25, 0.5, 1.0),
    "near": (0.0, 0.2, 0.4, 0.6),
    "lexical": (0.2, 0.4, 0.6, 0.8),
    "text": (0.0, 0.1, 0.2),
}
"""Weights that are tried for each signal."""
SHORT_TO, LONG_FROM = 200, 400
"""Letters. The judged questions that were made end at some 300, real stories begin there: each kind fits the weights of
its own lengths, and between them they pass into each other."""
FALSE_REFUSALS, FALSE_REFUSALS_REAL = 0.01, 0.05
"""Share of the questions with an answer, made ones and real ones, that the threshold may refuse."""
FALSE_UNWRITTEN, FALSE_UNWRITTEN_REAL = 0.015, 0.05
"""Share of the questions on written guides, made ones and real ones, that may be called unwritten."""
SHOWN = 5
"""Guides of an answer that `floor` is for."""
HIDDEN = 0.2
"""Share of the right guides behind the first that `floor` may hide. On stories that people told, .8 of the right ones
behind the first then stay and of four behind it two go; of the questions that are refused .86 show no guide, instead of
none. With a floor on the head's probability alone .51 do."""
MEANT = 1 / 3
"""The reader is asked where, of two close guides one of which is right, at least this share of the second ones is."""
FEWEST = 10
"""Pairs that such a share is counted over at least."""


def tune(project: Project, say: Callable[[str], None]) -> Settings:
    """Fit all settings but those chosen by hand (`dense`, `section`, `close`, the lengths), write and return them.

    Real questions are ranked with a head that has not learnt them, which `rapport train` leaves for this.
    """
    searcher = open_searcher(project)
    catalogue = read_catalogue(project)
    questions = [question for question in read_judged(project, catalogue) if question.split == "tune"]
    asked = Asked(searcher, questions, _folds(project, searcher.knowledge))
    settings = searcher.knowledge.settings
    settings = dataclasses.replace(
        settings,
        short=asked.best_weights(lambda length: length <= SHORT_TO, say),
        long=asked.best_weights(lambda length: length >= LONG_FROM, say),
        short_to=float(SHORT_TO),
        long_from=float(LONG_FROM),
    )

    rankings = asked.rank(settings)
    x = np.stack([ranking.features for ranking in rankings])
    answerable = np.array([bool(guides) for guides in asked.right])
    correct = np.array([ranking.order[0] in guides for ranking, guides in zip(rankings, asked.right, strict=True)])
    settings = dataclasses.replace(
        settings,
        answerable=_logistic(x, answerable, asked.weight),
        correct=_logistic(x, correct, asked.weight),
    )

    rankings = asked.rank(settings)
    refuse_below = min(
        _quantile(
            [
                r.answerable
                for r, yes, real in zip(rankings, answerable, asked.real, strict=True)
                if yes & (real == told)
            ],
            share,
        )
        for told, share in ((False, FALSE_REFUSALS), (True, FALSE_REFUSALS_REAL))
    )
    written = {guide for guide, _ in searcher.knowledge.texts}
    settings = dataclasses.replace(
        settings, refuse_below=refuse_below, unwritten_lead=_lead(rankings, questions, written)
    )
    settings = _offering(asked, settings)
    write_settings(project, settings)
    return settings


class Asked:
    """The judged questions, encoded once, with all that ranking them again needs."""

    def __init__(
        self, searcher: Searcher, questions: Sequence[JudgedQuestion], folds: Sequence[ReadingHead] | None
    ) -> None:
        """`folds`: the heads for real questions, by `fold_of` their case; None: the head in use for all."""
        self.knowledge = searcher.knowledge
        self.questions = questions
        self.right = [
            {self.knowledge.guides.index(guide) for guide in (question.guide, *question.also) if guide}
            for question in questions
        ]
        self.real = np.array([question.kind == "real" for question in questions])
        self.weight = self._balanced()
        self._read = [searcher.read(question.text) for question in questions]
        self.heads = [
            folds[fold_of(question.case)] if folds and question.kind == "real" else self.knowledge.reading
            for question in questions
        ]
        self.lengths = [length for _, _, length in self._read]

    def _balanced(self) -> Numbers:
        """Weights by which made and real questions count alike."""
        share = float(self.real.mean())
        return np.where(self.real, 0.5 / share, 0.5 / (1 - share)) if 0 < share < 1 else np.ones(len(self.real))

    def rank(self, settings: Settings) -> list[Ranking]:
        """Rank all of them with these settings."""
        return [
            rank(dataclasses.replace(self.knowledge, settings=settings, reading=head), *read)
            for head, read in zip(self.heads, self._read, strict=True)
        ]

    def best_weights(self, wanted: Callable[[int], bool], say: Callable[[str], None]) -> tuple[float, ...]:
        """The weights of `GRID` that put most questions of the `wanted` lengths right, then by MRR."""
        chosen = [at for at, length in enumerate(self.lengths) if wanted(length) and self.right[at]]
        if not chosen:
            return self.knowledge.settings.short
        rankings = self.rank(self.knowledge.settings)
        signals = np.array(
            [list(comparable({name: getattr(rankings[at], name) for name in SIGNALS}).values()) for at in chosen]
        )  # (questions, signals, guides)
        there = np.isfinite(signals)
        values = np.where(there, signals, 0.0)

        def quality(weights: tuple[float, ...]) -> tuple[float, float]:
            each = np.array(weights)[None, :, None] * there
            score = (values * each).sum(axis=1) / np.maximum(each.sum(axis=1), 1e-9)
            places = np.array(
                [
                    min(int((line > line[guide]).sum()) for guide in self.right[at]) + 1
                    for line, at in zip(score, chosen, strict=True)
                ]
            )
            return round(float(np.mean(places == 1)), 4), round(float(np.mean(1 / places)), 4)

        best = max((weights for weights in itertools.product(*GRID.values()) if any(weights)), key=quality)
        first, mrr = quality(best)
        say(f"{len(chosen)} questions: {dict(zip(GRID, best, strict=True))}, success@1 {first}, MRR {mrr}")
        return best


def _folds(project: Project, knowledge: Knowledge) -> list[ReadingHead] | None:
    """The heads that `rapport train` left for measuring; None where the index has no trained head."""
    if not knowledge.reading.classes:
        return None
    found = [read_reading(project, fold_path(project, fold)) for fold in range(FOLDS)]
    if any(one is None for one in found):
        path = project.show(fold_path(project, 0).parent)
        raise RapportError(f"{path} lacks the heads that have not learnt the questions", mend="run `rapport train`")
    return [head for _, head in found if head]  # type: ignore[misc]


def _offering(asked: Asked, settings: Settings) -> Settings:
    """Fit what decides which guides are shown, and when readers are asked."""
    knowledge = asked.knowledge
    written = {number for number, guide in enumerate(knowledge.guides) if knowledge.text(guide, "") is not None}

    def ranked(settings: Settings) -> list[tuple[Ranking, list[int], set[int]]]:
        return [
            (ranking, [number for number in ranking.order if number in written][:SHOWN], guides)
            for ranking, guides in zip(asked.rank(settings), asked.right, strict=True)
        ]

    x, target = [], []
    for ranking, shown, guides in ranked(settings):
        of = ranking
        own = own_features(of.reading, of.head, of.log_none, of.near, of.near_none, of.lexical, of.lexical_none)
        x += [own[number] for number in shown]
        target += [number in guides for number in shown]
    settings = dataclasses.replace(settings, evidence=_logistic(np.array(x), np.array(target)))

    answered = [one for one in ranked(settings) if one[0].outcome is Outcome.ANSWERED]
    behind = [
        ranking.evidence[number] for ranking, shown, guides in answered for number in shown[1:] if number in guides
    ]
    settings = dataclasses.replace(settings, floor=round(float(np.quantile(behind, HIDDEN)), 4) if behind else 0.0)

    pairs = []
    for ranking, numbers, guides in answered:
        shown = showing(ranking, numbers, settings)
        scores = [ranking.score[number] for number in shown]
        if sum(fitting(scores, ranking.outcome, settings)) > 1 and len(guides & set(shown[:2])) == 1:
            pairs.append((float(scores[0] - scores[1]), shown[1] in guides))
    return dataclasses.replace(settings, undecided=_undecided(pairs))


def _undecided(pairs: Sequence[tuple[float, bool]]) -> float:
    """The largest lead up to which, of (lead of the first, whether the second is right), `MEANT` are; else 0."""
    ordered = sorted(pairs)
    shares = np.cumsum([second for _, second in ordered]) / np.arange(1, len(ordered) + 1)
    far = [lead for at, (lead, _) in enumerate(ordered) if at + 1 >= FEWEST and shares[at] >= MEANT]
    return round(max(far, default=0.0), 4)


def _logistic(x: Numbers, target: Numbers, weight: Numbers | None = None) -> tuple[float, ...]:
    # the features differ in spread: fit on standardised ones, then fold that into the weights
    centre, spread = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-9)
    model = LogisticRegression(C=1.0, class_weight="balanced").fit((x - centre) / spread, target, sample_weight=weight)
    weights = model.coef_[0] / spread
    return tuple(round(float(value), 4) for value in (*weights, model.intercept_[0] - weights @ centre))


def _quantile(values: Sequence[float], share: float) -> float:
    return round(float(np.quantile(values, share)), 4) if len(values) else 1.0


def _lead(rankings: Sequence[Ranking], judged: Sequence[JudgedQuestion], written: set[str]) -> float:
    """The lead of an unwritten guide that few questions on written ones reach, neither made nor real ones."""
    found = 0.05
    for told, share in ((False, FALSE_UNWRITTEN), (True, FALSE_UNWRITTEN_REAL)):
        leads = []
        for ranking, question in zip(rankings, judged, strict=True):
            if question.guide in written and (question.kind == "real") == told:
                first_written = next(number for number in ranking.order if number in ranking.section)
                leads.append(ranking.score[ranking.order[0]] - ranking.score[first_written])
        if leads:
            found = max(found, float(np.quantile(leads, 1 - share)))
    return round(found, 4)


def write_settings(project: Project, settings: Settings) -> None:
    """Write `search_index/ranking.yml`."""
    lines = ["# The ranking's few numbers, fitted to judged questions by scripts/tune.py; see knowledge.Settings."]
    for name, value in dataclasses.asdict(settings).items():
        lines.append(f"{name}: {list(value) if isinstance(value, tuple) else value}")
    (project.search_index / "ranking.yml").write_text("\n".join(lines) + "\n", "utf-8")
