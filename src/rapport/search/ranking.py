"""From an encoded question to ranked guides: the contract that Python and the browser both keep. Pure.

For a question with vector v (all vectors unit length):

1. Its language is the one whose mean bank vector is nearest to v; `v' = unit(v − that mean)`.
2. `reading(g)`: log softmax of the reading head, which attends over the states of the question's pieces; over the
   guides that it was trained for and `none`. `head(g)`: the same of the linear head on v', over the guides with enough
   bank questions and `none`; it is trained anew by each build, so it knows a guide that the other does not.
3. `near(g) = 0.7·max + 0.3·mean of the best three` cosines of v' with the bank questions and situations of g, in all
   languages; `lexical(g)`: the same of their BM25 scores.
4. `text(g)`: over the sections of g, the best `dense·z(cosine) + (1 − dense)·z(BM25)`, standardised over all
   sections; of a section's languages the best cosine and the best BM25 count. A guide's situations are one more
   section here, but are never opened. Within a guide the section is opened whose mix plus `section · wish` is best:
   `wish = z(section head's logits) + 0.5·z(mean of the best ten BM25 of the bank questions asking for it)`.
5. `score(g)`: weighted mean of the z-scores that g has; the weights pass from `short` to `long` with the letters of
   the question. Unwritten guides have no text, guides without enough bank questions no head, guides added since the
   last training have their head's z-score in place of a reading.
6. Two logistic models turn the features of the ranking into probabilities: that any guide answers, and that the
   first one does. The first decides between an answer and "nothing found".
7. If the first guide is not written yet, and no written one comes close, the answer says so.
8. Each guide has evidence of its own, whatever the others have: a third logistic model over what both heads, `near` and
   `lexical` say of it against the questions without an answer. Shown are the first guide of an answer, and else only
   guides that reach `floor`.
9. Of an answer the first guide shown fits, and at most two more: those shown whose score is within `close` of its. If
   the second fits and is within `undecided`, the reader is asked which of the two is nearer.

All arithmetic is float64 on float32 inputs, ties go to the guide that comes first in the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rapport.search.answer import Outcome
from rapport.search.knowledge import NONE, SITUATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rapport.embed.record import Encoded
    from rapport.search.knowledge import Head, Knowledge, Layout, ReadingHead, Settings
    from rapport.types import Floats

Numbers = NDArray[np.float64]

SIGNALS = ("reading", "head", "near", "lexical", "text")
"""Names of the signals per guide, as their values have in a `Ranking`, in the order of their weights in `Settings`."""

NEAR_BEST = 3
WISH_BEST = 10
WISH_LEXICAL = 0.5

NO_SCORE = -1e9
"""Score of a guide without any signal."""

MOST_LEAD = 10.0
"""Standard deviations; no lead is as large as long as there are some hundred guides at most."""

FEATURES = 6
"""How many numbers `features` gives."""

LEAST_LOG = -20.0
"""Log probabilities below are all alike."""

OWN_FEATURES = 4
"""How many numbers `own_features` gives of each guide."""

MOST_FITTING = 3
"""A text may tell of some situations; whoever names more of them has not understood it."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Every step of the contract for one question; arrays are over the guides of the catalogue."""

    language: int
    """Number of the question's language in `Knowledge.languages`."""
    lead: float
    """By how much cosine that language is nearer than the next; see `language_lead`."""
    reading: Numbers
    """Log probability, NaN where a guide has no class of the reading head."""
    reading_none: float
    """Log probability of `none`; −∞ without a reading head."""
    head: Numbers
    """Log probability, NaN where a guide has no class."""
    log_none: float
    """Log probability of `none`."""
    near: Numbers
    """Cosine-like, higher is nearer, NaN where a guide has neither bank questions nor situations."""
    near_none: float
    """The same for the bank's questions without an answer; −1 where there are none."""
    lexical: Numbers
    """BM25-like, higher is nearer, NaN where a guide has neither bank questions nor situations."""
    lexical_none: float
    """The same for the bank's questions without an answer; 0 where there are none."""
    text: Numbers
    """Standardised mix, NaN where a guide is not written."""
    evidence: Numbers
    """Probability, 0 to 1, that a guide has to do with the question, from its own signals alone."""
    score: Numbers
    order: tuple[int, ...]
    """Guide numbers, best first."""
    section: dict[int, str]
    """Guide number → anchor of the section to open; written guides only."""
    features: Numbers
    """See `features`."""
    answerable: float
    """Probability, 0 to 1, that a guide of the catalogue answers the question."""
    correct: float
    """Probability, 0 to 1, that the first guide does."""
    outcome: Outcome


def unit(vectors: Numbers) -> Numbers:
    """Rows (or one vector) scaled to length 1; a zero vector stays zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(length == 0, 1, length))


def standardise(values: Numbers) -> Numbers:
    """z-scores over the finite values; NaN stays NaN, a constant becomes 0."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return values
    spread = finite.std()
    return np.asarray((values - finite.mean()) / (spread if spread > 1e-9 else 1.0))


def nearest_language(vector: Floats, means: Floats) -> int:
    """Number of the language whose mean vector has the highest cosine with `vector`."""
    return int(np.argmax(unit(means.astype(np.float64)) @ vector.astype(np.float64)))


def language_lead(vector: Floats, means: Floats) -> float:
    """By how much cosine the nearest language's mean is nearer than the next; ∞ where there is no other."""
    cosines = np.sort(unit(means.astype(np.float64)) @ vector.astype(np.float64))
    return float(cosines[-1] - cosines[-2]) if len(cosines) > 1 else np.inf


def centre(vector: Floats, mean: Floats) -> Numbers:
    """A vector without what its language alone explains, unit length."""
    return unit(vector.astype(np.float64) - mean.astype(np.float64))


def head_logits(head: Head, centred: Numbers) -> Numbers:
    """Logits `(classes,)` of the head for one question."""
    return np.asarray(head.weights.astype(np.float64) @ centred + head.bias)


def reading_logits(head: ReadingHead, states: Floats, language: int) -> Numbers:
    """Logits `(classes,)` of the reading head for the states `(pieces, d)` of a question in a language."""
    h = states.astype(np.float64) - head.centres[language].astype(np.float64)
    asked = h @ head.query.astype(np.float64).T
    share = np.exp(asked - asked.max(axis=0))
    found = (share * (h @ head.value.astype(np.float64).T)).sum(axis=0) / share.sum(axis=0)
    return np.asarray(found + head.mean.astype(np.float64) @ h.mean(axis=0) + head.bias)


def log_softmax(logits: Numbers) -> Numbers:
    """Log probabilities of logits."""
    if not len(logits):
        return logits
    shifted = logits - logits.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()))


def nearness(cosines: Numbers) -> float:
    """`0.7·max + 0.3·mean of the best three` (or of as many as there are)."""
    best = np.sort(cosines)[::-1][:NEAR_BEST]
    return float(0.7 * best[0] + 0.3 * best.mean())


def rank(knowledge: Knowledge, question: Encoded, bm25: Floats, letters: int) -> Ranking:
    """Rank all guides for an encoded question of so many letters; `bm25` is the lexical index's score of each row."""
    language = nearest_language(question.vector, knowledge.means)
    centred = centre(question.vector, knowledge.means[language])
    cosines = knowledge.vectors.cosines(centred.astype(np.float32)).astype(np.float64)
    scores = bm25.astype(np.float64)

    reading, reading_none = _by_guide(knowledge.guides, knowledge.reading.classes, _read(knowledge, question, language))
    head, log_none = _by_guide(knowledge.guides, knowledge.head.classes, head_logits(knowledge.head, centred))
    near, near_none = _nearness_by_guide(knowledge.layout, cosines, absent=-1.0)
    lexical, lexical_none = _nearness_by_guide(knowledge.layout, scores, absent=0.0)
    text, section = _text(knowledge, cosines, scores, section_wish(knowledge, centred, scores))

    settings = knowledge.settings
    signals = comparable({"reading": reading, "head": head, "near": near, "lexical": lexical, "text": text})
    score = combine([signals[name] for name in SIGNALS], weights_for(settings, letters))
    order = tuple(int(number) for number in np.lexsort((np.arange(len(score)), -score)))
    x = features(score, order, reading, reading_none, head, log_none, near, near_none, lexical, lexical_none)
    answerable, correct = (float(_probability(weights, x)) for weights in (settings.answerable, settings.correct))
    return Ranking(
        language=language,
        lead=language_lead(question.vector, knowledge.means),
        reading=reading,
        reading_none=reading_none,
        head=head,
        log_none=log_none,
        near=near,
        near_none=near_none,
        lexical=lexical,
        lexical_none=lexical_none,
        text=text,
        evidence=_probability(
            settings.evidence,
            own_features(reading, head, log_none, near, near_none, lexical, lexical_none),
        ),
        score=score,
        order=order,
        section=section,
        features=x,
        answerable=answerable,
        correct=correct,
        outcome=_outcome(score, order, text, answerable, settings),
    )


def _read(knowledge: Knowledge, question: Encoded, language: int) -> Numbers:
    head = knowledge.reading
    if not head.classes or question.states is None:
        return np.full(len(head.classes), np.nan)
    return reading_logits(head, question.states, language)


def _by_guide(guides: Sequence[str], classes: Sequence[str], logits: Numbers) -> tuple[Numbers, float]:
    """Log probability of each guide (NaN where it has no class), and of `none` (−∞ where that has none)."""
    by_class = dict(zip(classes, log_softmax(logits), strict=True))
    none = float(by_class.get(NONE, -np.inf))
    return np.array([by_class.get(guide, np.nan) for guide in guides]), -np.inf if np.isnan(none) else none


def _nearness_by_guide(layout: Layout, similarity: Numbers, absent: float) -> tuple[Numbers, float]:
    """Nearness to the questions of each guide, and to those without an answer (`absent` where there are none)."""
    near = np.array([nearness(similarity[rows]) if len(rows) else np.nan for rows in layout.questions])
    return near, nearness(similarity[layout.unanswerable]) if len(layout.unanswerable) else absent


def section_wish(knowledge: Knowledge, centred: Numbers, bm25: Numbers) -> dict[str, float]:
    """How much the question asks for each section, in standard deviations; empty where the bank names none."""
    if not knowledge.section_head.classes:
        return {}
    head = standardise(head_logits(knowledge.section_head, centred))
    alike = [np.sort(bm25[rows])[::-1][:WISH_BEST].mean() if len(rows) else 0.0 for rows in knowledge.layout.asking]
    wish = head + WISH_LEXICAL * standardise(np.array(alike))
    return {section: float(value) for section, value in zip(knowledge.section_head.classes, wish, strict=True)}


def _text(
    knowledge: Knowledge, cosines: Numbers, bm25: Numbers, wish: dict[str, float]
) -> tuple[Numbers, dict[int, str]]:
    """Per guide the mix of its best section, and per written guide the section to open.

    `wish` is what `section_wish` gives.
    """
    sections = knowledge.layout.sections
    text = np.full(len(knowledge.guides), np.nan)
    if not sections:
        return text, {}
    dense = np.array([cosines[part.rows].max() for part in sections])
    lexical = np.array([bm25[part.rows].max() for part in sections])
    mix = knowledge.settings.dense * standardise(dense) + (1 - knowledge.settings.dense) * standardise(lexical)
    opened: dict[int, tuple[float, str]] = {}
    for part, value in zip(sections, mix, strict=True):
        if not value <= text[part.guide]:  # also where it is still NaN
            text[part.guide] = value
        value += knowledge.settings.section * wish.get(part.section, 0.0)
        if part.section != SITUATIONS and value > opened.get(part.guide, (-np.inf, ""))[0]:
            opened[part.guide] = (float(value), part.section)
    return text, {guide: section for guide, (_, section) in opened.items()}


def comparable(signals: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """z-scores of the signals; a guide that the reading head does not know has the linear head's in its place."""
    found = {name: standardise(signal) for name, signal in signals.items()}
    if "reading" in found and "head" in found:
        found["reading"] = np.where(np.isfinite(found["reading"]), found["reading"], found["head"])
    return found


def weights_for(settings: Settings, letters: int) -> list[float]:
    """Weights of `SIGNALS` for a question of so many letters."""
    share = min(1.0, max(0.0, (letters - settings.short_to) / (settings.long_from - settings.short_to)))
    return [short + share * (long - short) for short, long in zip(settings.short, settings.long, strict=True)]


def combine(signals: Sequence[Numbers], weights: Sequence[float]) -> Numbers:
    """Weighted mean of the signals that each guide has; `NO_SCORE` where it has none."""
    total, weight = np.zeros(len(signals[0])), np.zeros(len(signals[0]))
    for signal, factor in zip(signals, weights, strict=True):
        there = np.isfinite(signal)
        total[there] += factor * signal[there]
        weight[there] += factor
    return np.where(weight > 0, total / np.where(weight > 0, weight, 1), NO_SCORE)


def features(
    score: Numbers,
    order: tuple[int, ...],
    reading: Numbers,
    reading_none: float,
    head: Numbers,
    log_none: float,
    near: Numbers,
    near_none: float,
    lexical: Numbers,
    lexical_none: float,
) -> Numbers:
    """What the two probabilities are read from, `(6,)`.

    Log odds of the reading head's best guide against `none`, 0 without one; the same of the linear head; nearness of
    the nearest guide; the same minus nearness to questions without an answer; share of shared words with the nearest
    guide's questions rather than with those; lead of the first guide's score over the second's, at most `MOST_LEAD`;
    1 where no second guide has a score, 0 where none has.
    """
    read = _odds(reading, reading_none) if np.isfinite(reading_none) else 0.0
    odds = _odds(head, log_none)
    best_near = float(np.nanmax(near, initial=-1.0))
    best_lexical = float(np.nanmax(lexical, initial=0.0))
    share = best_lexical / (best_lexical + lexical_none) if best_lexical + lexical_none > 0 else 0.5
    lead = _lead([score[number] for number in order[:2]])
    return np.array([read, odds, best_near, best_near - near_none, share, lead])


def _odds(logs: Numbers, log_none: float) -> float:
    return float(np.clip(np.nanmax(logs, initial=-30.0) - log_none, -20, 20))


def _lead(best: Sequence[float]) -> float:
    """Of the first of the best two scores over the second; see `features`."""
    scored = [value for value in best if value > NO_SCORE]
    return min(scored[0] - scored[1], MOST_LEAD) if len(scored) > 1 else float(len(scored))


def own_features(
    reading: Numbers,
    head: Numbers,
    log_none: float,
    near: Numbers,
    near_none: float,
    lexical: Numbers,
    lexical_none: float,
) -> Numbers:
    """What each guide's own evidence is read from, `(guides, 4)`.

    The reading head's log probability, of a guide without a class there the linear head's; the linear head's, of a
    guide without a class that of `none`; nearness minus nearness to questions without
    an answer; share of shared words with the guide's questions rather than with those.
    """
    logs = np.clip(np.where(np.isfinite(head), head, log_none), LEAST_LOG, 0.0)
    read = np.clip(np.where(np.isfinite(reading), reading, logs), LEAST_LOG, 0.0)
    closer = np.where(np.isfinite(near), near, -1.0) - near_none
    words = np.where(np.isfinite(lexical), lexical, 0.0)
    both = words + lexical_none
    return np.stack([read, logs, closer, np.where(both > 0, words / np.where(both > 0, both, 1), 0.5)], axis=1)


def _probability(weights: Sequence[float], x: Numbers) -> Numbers:
    """Of one logistic model: `(features,)` gives a number, `(n, features)` gives n of them."""
    with np.errstate(over="ignore"):  # then it is 0, as it should be
        return np.asarray(1 / (1 + np.exp(-(x @ np.array(weights[:-1]) + weights[-1]))))


def _outcome(score: Numbers, order: tuple[int, ...], text: Numbers, answerable: float, settings: Settings) -> Outcome:
    if answerable < settings.refuse_below:
        return Outcome.NOTHING
    written = [number for number in order if np.isfinite(text[number])]
    if not written:
        return Outcome.UNWRITTEN
    behind = score[order[0]] - score[written[0]]
    return Outcome.UNWRITTEN if behind > settings.unwritten_lead else Outcome.ANSWERED


def showing(ranking: Ranking, written: Sequence[int], settings: Settings) -> list[int]:
    """Which of the `written` guides, best first, are shown: of an answer the first, else what reaches `floor`."""
    answered = ranking.outcome is Outcome.ANSWERED
    return [
        number
        for at, number in enumerate(written)
        if (answered and at == 0) or ranking.evidence[number] >= settings.floor
    ]


def fitting(scores: Sequence[float], outcome: Outcome, settings: Settings) -> list[bool]:
    """Which of the guides that are shown, best first, are offered as fitting; none unless the question is answered."""
    answered = outcome is Outcome.ANSWERED
    return [
        answered and at < MOST_FITTING and bool(score >= scores[0] - settings.close) for at, score in enumerate(scores)
    ]


def is_undecided(scores: Sequence[float], fits: Sequence[bool], settings: Settings) -> bool:
    """Whether the second of the guides that are shown may be meant as well as the first."""
    return sum(fits) > 1 and bool(scores[1] >= scores[0] - settings.undecided)
