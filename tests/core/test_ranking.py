"""The contract on hand-made numbers. Single steps stand in `tests/cases/ranking.yml`, for Python and JavaScript."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest
import small

from rapport.embed.record import Encoded
from rapport.search import ranking
from rapport.search.answer import Outcome
from rapport.search.ask import Searcher
from rapport.search.build import make_knowledge, read_inputs
from rapport.search.knowledge import NONE, SITUATIONS, Head, Knowledge, ReadingHead, Settings, lay_out
from rapport.search.lexical import build_lexical
from rapport.search.ranking import features, nearness, section_wish, standardise, unit
from rapport.search.reading import no_reading
from rapport.search.train import GUIDE_C, GUIDE_TOLERANCE, MIN_QUESTIONS, train_head
from rapport.types import Row, RowKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rapport.project import Project
    from rapport.search.ranking import Ranking
    from rapport.types import Floats

SETTINGS = Settings(
    short=(1, 1, 1, 1, 1), long=(1, 1, 1, 1, 1), short_to=200, long_from=400, dense=0.6, section=1, close=1.5,
    answerable=(0, 1, 0, 0, 0, 0, 0), correct=(0, 0, 0, 0, 0, 1, 0), refuse_below=0.5, unwritten_lead=0.2,
    evidence=(1, 1, 1, 1, 0), floor=0, undecided=0,
)  # fmt: skip
NO_HEAD = Head((), np.zeros((0, 3), np.float32), np.zeros(0, np.float32))
NO_READING = dataclasses.replace(no_reading(3), centres=np.zeros((1, 3), np.float32))


class Plain:
    def __init__(self, rows: Floats) -> None:
        self.rows = rows

    def cosines(self, vector: Floats) -> Floats:
        return self.rows @ vector


def row(kind: str, guide: str | None, section: str | None = None) -> Row:
    return Row(RowKind(kind), guide, section, "es", f"{guide} {section}")


def knowledge(
    rows: Sequence[tuple[Row, Sequence[float]]],
    guides: Sequence[str] = ("a", "b", "c"),
    head: Head = NO_HEAD,
    section_head: Head = NO_HEAD,
    reading: ReadingHead = NO_READING,
    settings: Settings = SETTINGS,
) -> Knowledge:
    only = tuple(row for row, _ in rows)
    return Knowledge(
        languages=("es",),
        guides=tuple(guides),
        rows=only,
        vectors=Plain(unit(np.array([vector for _, vector in rows], float)).astype(np.float32)),
        means=np.zeros((1, 3), np.float32),
        head=head,
        section_head=section_head,
        reading=reading,
        settings=settings,
        lexical=build_lexical([row.text for row in only], ["x"] * len(only)),
        texts={},
        layout=lay_out(only, guides, section_head.classes),
        titles={},
    )


X, Y, Z = np.eye(3, dtype=np.float32)


def rank(made: Knowledge, vector: Floats, bm25: Floats, states: Sequence[Sequence[float]] | None = None) -> Ranking:
    encoded = Encoded(vector, None if states is None else np.array(states, np.float32))
    return ranking.rank(made, encoded, bm25, letters=0)


def nothing(made: Knowledge) -> Floats:
    return np.zeros(len(made.rows), np.float32)


def written(guide: str, at: Sequence[float]) -> list[tuple[Row, Sequence[float]]]:
    return [(row("passage", guide, "why"), at), (row("bank", guide), at)]


def test_layout() -> None:
    rows = [row("passage", "b", "why"), row("situation", "b"), row("bank", None), row("passage", "a", "why"),
            row("bank", "b", "steps"), row("passage", "b", "why"), row("passage", "b", "steps")]  # fmt: skip
    layout = lay_out(rows, ["a", "b", "c"], ["why", "steps"])
    assert [rows.tolist() for rows in layout.asking] == [[], [4]]
    assert [part.tolist() for part in layout.questions] == [[], [1, 4], []]
    assert layout.unanswerable.tolist() == [2]
    assert [(part.guide, part.section, part.rows.tolist()) for part in layout.sections] == [
        (0, "why", [3]), (1, "why", [0, 5]), (1, SITUATIONS, [1]), (1, "steps", [6]),
    ]  # fmt: skip


def test_the_nearest_guide_comes_first() -> None:
    made = knowledge([*written("a", X), *written("b", Y), *written("c", [1, 0.5, 0])])
    found = rank(made, unit(np.array([0.9, 0.1, 0])).astype(np.float32), nothing(made))
    assert found.order == (0, 2, 1)
    assert found.section == {0: "why", 1: "why", 2: "why"}


def test_equals_keep_the_order_of_the_catalogue() -> None:
    made = knowledge([*written("c", X), *written("b", X), *written("a", X)])
    found = rank(made, X, nothing(made))
    assert found.score.tolist() == [0, 0, 0]
    assert found.order == (0, 1, 2)


def test_the_language_is_taken_off() -> None:
    made = knowledge([*written("a", X), *written("b", Y)], guides=("a", "b"))
    made = dataclasses.replace(made, languages=("es", "ru"), means=np.array([[0, 0, 0.9], [0, 0.9, 0]], np.float32))
    question = unit(np.array([0.1, 0.05, 0.9])).astype(np.float32)
    found = rank(made, question, nothing(made))
    assert found.language == 0
    left = unit(question.astype(float) - [0, 0, 0.9])
    assert found.near == pytest.approx(left[:2], abs=1e-6)
    assert found.near[0] == pytest.approx(2 * found.near[1], abs=1e-5)


def test_the_head_gives_log_probabilities_and_none_is_no_guide() -> None:
    head = Head(("a", "c", NONE), np.array([X, Y, Z]) * np.float32(2), np.zeros(3, np.float32))
    made = knowledge([*written("a", X), *written("b", Y), *written("c", Z)], head=head)
    found = rank(made, X, nothing(made))
    total = np.log(np.exp(2) + 2)
    assert found.head == pytest.approx([2 - total, np.nan, -total], nan_ok=True)
    assert found.log_none == pytest.approx(-total)


READING = ReadingHead(
    ("a", "b", NONE), np.array([X, Y, [0, 0, 0]]) * 20, np.array([X, Y, [0, 0, 0]]) * 3, np.zeros((3, 3), np.float32),
    np.zeros(3, np.float32), np.zeros((1, 3), np.float32),
)  # fmt: skip


def test_the_reading_head_finds_the_piece_that_counts() -> None:
    """A short mention of a guide's matter in a long text, whose mean points elsewhere."""
    made = knowledge([*written("a", X), *written("b", Y), *written("c", Z)], reading=READING)
    states = [*[[0.0, 0.0, 1.0]] * 30, [0, 1, 0]]
    found = rank(made, Z, nothing(made), states)
    assert found.reading[1] > found.reading_none > found.reading[0] - 1e-9
    assert np.isnan(found.reading[2])
    assert rank(made, Z, nothing(made)).reading_none == -np.inf  # a model that gives no states
    assert found.features[0] == pytest.approx(found.reading[1] - found.reading_none)


def test_a_guide_that_the_reading_head_does_not_know_competes_with_what_it_has() -> None:
    made = knowledge([*written("a", X), *written("b", Y), *written("c", Z)], reading=READING)
    assert rank(made, Z, nothing(made), [[0.1, 0.1, 0.9]]).order[0] == 2


def test_a_long_question_is_weighed_otherwise() -> None:
    settings = dataclasses.replace(SETTINGS, short=(0, 0, 1, 0, 0), long=(0, 0, 0, 1, 0))
    made = knowledge([*written("a", X), *written("b", Y)], guides=("a", "b"), settings=settings)
    words = np.array([0, 0, 3, 3], np.float32)  # they speak for b, the vector for a
    found = [ranking.rank(made, Encoded(X), words, letters).order[0] for letters in (0, 200, 299, 301, 400, 9000)]
    assert found == [0, 0, 0, 1, 1, 1]


def test_without_a_head_the_other_signals_decide() -> None:
    made = knowledge([*written("a", X), *written("b", Y)], guides=("a", "b"))
    found = rank(made, Y, nothing(made))
    assert np.isnan(found.head).all()
    assert found.log_none == -np.inf
    assert found.order == (1, 0)
    assert found.text == pytest.approx([-0.6, 0.6])
    # near and text are ±1 once standardised, words are constant: (−1 + 0 − 1) / 3 and its negative
    assert found.score == pytest.approx([-2 / 3, 2 / 3])


def test_a_guide_without_any_row_is_last() -> None:
    made = knowledge([*written("b", X), *written("c", Y)])
    found = rank(made, Y, nothing(made))
    assert found.order == (2, 1, 0)
    assert found.score[0] == -1e9


def test_shared_words_count_like_nearness() -> None:
    made = knowledge([*written("a", X), (row("bank", None), Y)], guides=("a",))
    found = rank(made, X, np.array([9, 5, 3], np.float32))
    assert found.lexical.tolist() == [5.0]
    assert found.lexical_none == pytest.approx(3)
    assert found.features[4] == pytest.approx(5 / 8)


def test_the_section_of_the_best_mix_is_opened_and_situations_never() -> None:
    rows = [(row("passage", "a", "why"), [1, 0.2, 0]), (row("passage", "a", "steps"), Y), (row("situation", "a"), X)]
    made = knowledge(rows, guides=("a",))
    assert rank(made, X, nothing(made)).section == {0: "why"}
    assert rank(made, Y, nothing(made)).section == {0: "steps"}
    # dense says why, words say steps: z of the three cosines and of the three BM25 scores, six to four
    found = rank(made, X, np.array([0, 30, 0], np.float32))
    cosines, words = np.array([1 / np.sqrt(1.04), 0, 1]), np.array([0.0, 30, 0])
    mix = 0.6 * standardise(cosines) + 0.4 * standardise(words)
    assert found.text == pytest.approx([mix.max()], abs=1e-6)
    assert found.section == {0: "why" if mix[0] > mix[1] else "steps"}


def test_the_section_that_is_asked_for_is_opened() -> None:
    head = Head(("steps", "why"), np.array([Z, -Z]) * np.float32(9), np.zeros(2, np.float32))
    rows = [(row("passage", "a", "why"), [1, 0.1, 0]), (row("passage", "a", "steps"), [1, 0.2, 0]),
            (row("passage", "a", "signs"), Y)]  # fmt: skip
    made = knowledge(rows, guides=("a",), section_head=head)
    assert rank(made, X, nothing(made)).section == {0: "why"}
    assert rank(made, unit(X + Z).astype(np.float32), nothing(made)).section == {0: "steps"}
    assert section_wish(made, np.array([0, 0, 1.0]), nothing(made)) == {"steps": 1.0, "why": -1.0}


def test_words_of_questions_that_ask_for_a_section_count_too() -> None:
    head = Head(("steps", "why"), np.zeros((2, 3), np.float32), np.zeros(2, np.float32))
    rows = [(row("passage", "a", "why"), X), (row("passage", "a", "steps"), X),
            (row("bank", "a", "why"), Y), (row("bank", "a", "steps"), Y)]  # fmt: skip
    made = knowledge(rows, guides=("a",), section_head=head)
    for words, section in (([0, 0, 1, 2], "steps"), ([0, 0, 2, 1], "why")):
        wish = section_wish(made, X.astype(float), np.array(words, float))
        assert wish == {section: 0.5, ({"steps", "why"} - {section}).pop(): -0.5}
        assert rank(made, X, np.array(words, np.float32)).section == {0: section}


@pytest.mark.parametrize(
    ("lead", "outcome"), [(0.0, Outcome.ANSWERED), (0.19, Outcome.ANSWERED), (0.21, Outcome.UNWRITTEN)]
)
def test_an_unwritten_guide_must_lead(lead: float, outcome: Outcome) -> None:
    # words alone decide: z of (lead, 0) is ±1 whatever the lead, so the settings weigh it
    weights = (0, 0, 1 - lead / 2, lead / 2, 0)
    settings = dataclasses.replace(SETTINGS, short=weights, answerable=(0, 0, 0, 0, 0, 0, 9))
    rows = [(row("bank", "a"), X), (row("passage", "b", "why"), X), (row("bank", "b"), X)]
    made = knowledge(rows, guides=("b", "a"), settings=settings)
    found = rank(made, X, np.array([2, 0, 1], np.float32))
    assert found.score[1] - found.score[0] == pytest.approx(lead)
    assert found.outcome is outcome


@pytest.mark.parametrize(("bias", "outcome"), [(-0.01, Outcome.NOTHING), (0.01, Outcome.ANSWERED)])
def test_what_is_unlikely_to_be_answerable_is_refused(bias: float, outcome: Outcome) -> None:
    made = knowledge(
        written("a", X), guides=("a",), settings=dataclasses.replace(SETTINGS, answerable=(0, 0, 0, 0, 0, 0, bias))
    )
    found = rank(made, X, nothing(made))
    assert found.outcome is outcome
    assert found.answerable == pytest.approx(1 / (1 + np.exp(-bias)))


def test_with_nothing_written_everything_is_unwritten() -> None:
    made = knowledge([(row("bank", "a"), X)], settings=dataclasses.replace(SETTINGS, answerable=(0, 0, 0, 0, 0, 0, 9)))
    found = rank(made, X, nothing(made))
    assert (found.outcome, found.order, found.section) == (Outcome.UNWRITTEN, (0, 1, 2), {})


def test_features_of_one_guide_without_signals() -> None:
    nan = np.array([np.nan])
    assert features(np.array([0.0]), (0,), nan, -np.inf, nan, -np.inf, nan, -1.0, nan, 0.0).tolist() == [
        0,
        20,
        -1,
        0,
        0.5,
        1,
    ]


def test_nearness_weighs_the_best_three() -> None:
    assert nearness(np.array([0.1, 0.9, 0.6, 0.3])) == pytest.approx(0.7 * 0.9 + 0.3 * 0.6)
    assert nearness(np.array([0.5, 0.1])) == pytest.approx(0.7 * 0.5 + 0.3 * 0.3)


# -- heads -------------------------------------------------------------------------------------------------------


def test_a_class_needs_eight_questions() -> None:
    vectors = np.repeat(np.array([X, Y, Z]), MIN_QUESTIONS, axis=0)
    # `x` stands in no order, so that `a` is one short
    targets = ["b"] * MIN_QUESTIONS + ["a"] * (MIN_QUESTIONS - 1) + ["x"] + [NONE] * MIN_QUESTIONS
    head = train_head(vectors, targets, ["a", "b", NONE], GUIDE_C, GUIDE_TOLERANCE)
    assert head.classes == ("b", NONE)
    assert (head.weights.shape, head.bias.shape) == ((2, 3), (2,))
    assert (head.weights @ X + head.bias).argmax() == 0
    assert (head.weights @ Z + head.bias).argmax() == 1


def test_two_classes_give_the_probabilities_of_scikit_learn() -> None:
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(24, 3)).astype(np.float32)
    targets = ["a"] * 12 + ["b"] * 12
    head = train_head(vectors, targets, ["a", "b"], 10, GUIDE_TOLERANCE)
    logits = vectors @ head.weights.T + head.bias
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    model = LogisticRegression(C=10, max_iter=500, tol=GUIDE_TOLERANCE).fit(vectors.astype(np.float64), targets)
    assert shares == pytest.approx(model.predict_proba(vectors.astype(np.float64)), abs=1e-5)


def test_nothing_to_tell_apart_gives_an_empty_head() -> None:
    head = train_head(np.zeros((9, 3), np.float32), ["a"] * 9, ["a", NONE], 1, GUIDE_TOLERANCE)
    assert (head.classes, head.weights.shape, head.bias.shape) == ((), (0, 3), (0,))


# -- a guide that has no bank yet --------------------------------------------------------------------------------


@pytest.mark.parametrize("guide", small.WRITTEN)
def test_without_its_bank_a_guide_comes_first_for_its_own_situations(built: Project, guide: str) -> None:
    inputs = read_inputs(built)
    bank = [question for question in inputs.bank if question.guide != guide]
    made = make_knowledge(dataclasses.replace(inputs, bank=bank), small.embedding(), small.quiet)
    assert guide not in made.head.classes
    searcher = Searcher(made, small.BagOfTerms())
    for lang in small.WHO:
        for situation in small.situations(guide, lang):
            answer = searcher.ask(situation, lang)
            assert (answer.outcome, answer.hits[0].guide) == (Outcome.ANSWERED, guide), situation
