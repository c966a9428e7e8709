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
from rapport.search.answer import Outcome
from rapport.search.ask import open_searcher
from rapport.search.ranking import combine, fitting, own_features, showing, standardise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rapport.project import Project
    from rapport.search.ask import Searcher
    from rapport.search.knowledge import Settings
    from rapport.search.ranking import Numbers, Ranking
    from rapport.types import JudgedQuestion

GRID = {"near": (0.4, 0.6, 0.8, 1.0), "lexical": (0.4, 0.6, 0.8, 1.0), "text": (0.1, 0.2)}
FALSE_REFUSALS = 0.01
"""Share of the judged questions with an answer that the threshold may refuse."""
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
    """Fit all settings but `dense`, `section` and `close`, write them, return them. Needs a built index."""
    searcher = open_searcher(project)
    judged = [question for question in read_judged(project, read_catalogue(project)) if question.split == "tune"]
    knowledge = searcher.knowledge
    right = [
        {knowledge.guides.index(guide) for guide in (question.guide, *question.also) if guide} for question in judged
    ]
    rankings = [searcher.rank(question.text) for question in judged]

    best = max(
        (dict(zip(GRID, values, strict=True)) for values in itertools.product(*GRID.values())),
        key=lambda weights: _quality(rankings, right, {"head": 1.0, **weights}),
    )
    settings = dataclasses.replace(
        knowledge.settings, head=1.0, near=best["near"], lexical=best["lexical"], text=best["text"]
    )
    say(f"signals: {best}, success@1 and MRR {_quality(rankings, right, {'head': 1.0, **best})}")

    searcher.knowledge = dataclasses.replace(knowledge, settings=settings)
    rankings = [searcher.rank(question.text) for question in judged]
    x = np.stack([ranking.features for ranking in rankings])
    answerable = np.array([bool(guides) for guides in right])
    correct = np.array([ranking.order[0] in guides for ranking, guides in zip(rankings, right, strict=True)])
    settings = dataclasses.replace(settings, answerable=_logistic(x, answerable), correct=_logistic(x, correct))

    searcher.knowledge = dataclasses.replace(knowledge, settings=settings)
    rankings = [searcher.rank(question.text) for question in judged]
    settings = dataclasses.replace(
        settings,
        refuse_below=_quantile([r.answerable for r, yes in zip(rankings, answerable, strict=True) if yes]),
        unwritten_lead=_lead(rankings, judged, {guide for guide, _ in knowledge.texts}),
    )
    searcher.knowledge = dataclasses.replace(knowledge, settings=settings)
    settings = _offering(searcher, judged, right, settings)
    write_settings(project, settings)
    return settings


def _offering(
    searcher: Searcher, judged: Sequence[JudgedQuestion], right: Sequence[set[int]], settings: Settings
) -> Settings:
    """Fit what decides which guides are shown, and when readers are asked."""
    knowledge = searcher.knowledge
    written = {number for number, guide in enumerate(knowledge.guides) if knowledge.text(guide, "") is not None}

    def ranked() -> list[tuple[Ranking, list[int], set[int]]]:
        rankings = [searcher.rank(question.text) for question in judged]
        return [
            (ranking, [number for number in ranking.order if number in written][:SHOWN], guides)
            for ranking, guides in zip(rankings, right, strict=True)
        ]

    x, target = [], []
    for ranking, shown, guides in ranked():
        of = ranking
        own = own_features(of.reading, of.head, of.log_none, of.near, of.near_none, of.lexical, of.lexical_none)
        x += [own[number] for number in shown]
        target += [number in guides for number in shown]
    settings = dataclasses.replace(settings, evidence=_logistic(np.array(x), np.array(target)))

    searcher.knowledge = dataclasses.replace(knowledge, settings=settings)
    answered = [one for one in ranked() if one[0].outcome is Outcome.ANSWERED]
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


def _quality(rankings: Sequence[Ranking], right: Sequence[set[int]], weights: dict[str, float]) -> tuple[float, float]:
    ranks = []
    for ranking, guides in zip(rankings, right, strict=True):
        if guides:
            score = combine([standardise(getattr(ranking, name)) for name in weights], list(weights.values()))
            ranks.append(min(int((score > score[guide]).sum()) for guide in guides) + 1)
    return round(float(np.mean(np.array(ranks) == 1)), 4), round(float(np.mean(1 / np.array(ranks))), 4)


def _logistic(x: Numbers, target: Numbers) -> tuple[float, ...]:
    # the features differ in spread: fit on standardised ones, then fold that into the weights
    centre, spread = x.mean(axis=0), x.std(axis=0)
    model = LogisticRegression(C=1.0, class_weight="balanced").fit((x - centre) / spread, target)
    weights = model.coef_[0] / spread
    return tuple(round(float(value), 4) for value in (*weights, model.intercept_[0] - weights @ centre))


def _quantile(values: Sequence[float]) -> float:
    return round(float(np.quantile(values, FALSE_REFUSALS)), 4)


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
