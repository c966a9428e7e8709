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
from rapport.search.ranking import combine, fitting, own_features, rank, showing, standardise
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
    "head": (0.0, 0.25, 0.5, 1.0),
    "near": (0.0, 0.2, 0.4, 0.6),
    "lexical": (0.2, 0.4, 0.6, 0.8),
    "text": (0.0, 0.1, 0.2),
}
FALSE_REFUSALS, FALSE_REFUSALS_REAL = 0.01, 0.05
"""Share of the questions with an answer, made ones and real ones, that the threshold may refuse."""
FALSE_UNWRITTEN = 0.015
"""Share of the judged questions on written guides that may be called unwritten."""
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
    """Fit all settings but `dense`, `section` and `close`, write them, return them. Needs a built index.

    Real questions are ranked with a head that has not learnt them, which `rapport train` leaves for this.
    """
    searcher = open_searcher(project)
    catalogue = read_catalogue(project)
    questions = [question for question in read_judged(project, catalogue) if question.split == "tune"]
    asked = Asked(searcher, questions, _folds(project, searcher.knowledge))
    settings = searcher.knowledge.settings
    best = max(
        (dict(zip(GRID, values, strict=True)) for values in itertools.product(*GRID.values())),
        key=lambda weights: _quality(asked, {"reading": 1.0, **weights}),
    )
    settings = dataclasses.replace(
        settings, reading=1.0, head=best["head"], near=best["near"], lexical=best["lexical"], text=best["text"]
    )
    say(f"signals: {best}, success@1 and MRR {_quality(asked, {'reading': 1.0, **best})}")

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
        self._encoded = [searcher.encoder.encode_question(question.text) for question in questions]
        self._words = [self.knowledge.lexical.scores(question.text) for question in questions]
        self._heads = [
            folds[fold_of(question.case)] if folds and question.kind == "real" else self.knowledge.reading
            for question in questions
        ]
        self.signals = self.rank(self.knowledge.settings)

    def _balanced(self) -> Numbers:
        """Weights by which made and real questions count alike."""
        share = float(self.real.mean())
        return np.where(self.real, 0.5 / share, 0.5 / (1 - share)) if 0 < share < 1 else np.ones(len(self.real))

    def rank(self, settings: Settings) -> list[Ranking]:
        """Rank all of them with these settings."""
        return [
            rank(dataclasses.replace(self.knowledge, settings=settings, reading=head), encoded, words)
            for head, encoded, words in zip(self._heads, self._encoded, self._words, strict=True)
        ]


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


def _quality(asked: Asked, weights: dict[str, float]) -> tuple[float, float]:
    """success@1 and MRR, made and real questions counting alike."""
    ranks, counts = [], []
    for ranking, guides, weight in zip(asked.signals, asked.right, asked.weight, strict=True):
        if guides:
            score = combine([standardise(getattr(ranking, name)) for name in weights], list(weights.values()))
            ranks.append(min(int((score > score[guide]).sum()) for guide in guides) + 1)
            counts.append(weight)
    place = np.array(ranks)
    first, reciprocal = (np.average(value, weights=counts) for value in (place == 1, 1 / place))
    return round(float(first), 4), round(float(reciprocal), 4)


def _logistic(x: Numbers, target: Numbers, weight: Numbers | None = None) -> tuple[float, ...]:
    # the features differ in spread: fit on standardised ones, then fold that into the weights
    centre, spread = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-9)
    model = LogisticRegression(C=1.0, class_weight="balanced").fit((x - centre) / spread, target, sample_weight=weight)
    weights = model.coef_[0] / spread
    return tuple(round(float(value), 4) for value in (*weights, model.intercept_[0] - weights @ centre))


def _quantile(values: Sequence[float], share: float) -> float:
    return round(float(np.quantile(values, share)), 4) if len(values) else 1.0


def _lead(rankings: Sequence[Ranking], judged: Sequence[JudgedQuestion], written: set[str]) -> float:
    """The lead of an unwritten guide that few questions on written ones reach."""
    leads = []
    for ranking, question in zip(rankings, judged, strict=True):
        if question.guide in written:
            first_written = next(number for number in ranking.order if number in ranking.section)
            leads.append(ranking.score[ranking.order[0]] - ranking.score[first_written])
    return round(max(float(np.quantile(leads, 1 - FALSE_UNWRITTEN)), 0.05), 4)


def write_settings(project: Project, settings: Settings) -> None:
    """Write `search_index/ranking.yml`."""
    lines = ["# The ranking's few numbers, fitted to judged questions by scripts/tune.py; see knowledge.Settings."]
    for name, value in dataclasses.asdict(settings).items():
        lines.append(f"{name}: {list(value) if isinstance(value, tuple) else value}")
    (project.search_index / "ranking.yml").write_text("\n".join(lines) + "\n", "utf-8")
