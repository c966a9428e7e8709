"""The sparse index against BM25 as the formula says it."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.search.analyser import terms
from rapport.search.lexical import K1, B, build_lexical

WORDS = ["rechnung", "zahlt", "spät", "kunde", "請求書", "счёт", "factura", "a", "bb"]
TEXTS = st.lists(
    st.tuples(st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), st.sampled_from(["x", "y"])),
    min_size=1,
    max_size=8,
)


def naive(texts: list[str], collections: list[str], question: str) -> list[float]:
    """Robertson and Zaragoza (2009), term by term, with strings for terms and floats for weights."""
    bags = [Counter(terms(text)) for text in texts]
    scores = []
    for bag, collection in zip(bags, collections, strict=True):
        others = [other for other, name in zip(bags, collections, strict=True) if name == collection]
        mean = sum(other.total() for other in others) / len(others) or 1.0
        score = 0.0
        for term, asked in Counter(terms(question)).items():
            n = sum(term in other for other in others)
            idf = math.log(1 + (len(others) - n + 0.5) / (n + 0.5))
            times = bag[term]
            score += asked * idf * times * (K1 + 1) / (times + K1 * (1 - B + B * bag.total() / mean))
        scores.append(score)
    return scores


@given(TEXTS, st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join))
def test_scores_are_bm25_to_the_quantisation_step(rows: list[tuple[str, str]], question: str) -> None:
    texts, collections = [text for text, _ in rows], [name for _, name in rows]
    index = build_lexical(texts, collections)
    wanted = naive(texts, collections, question)
    # a weight is off by half a step at most, or by a whole one where it was raised to the least that is not nothing
    asked = Counter(terms(question))
    slack = [
        index.step * sum(times for term, times in asked.items() if term in set(terms(text))) + 1e-5 for text in texts
    ]
    assert (np.abs(index.scores(question) - wanted) <= slack).all()


def test_a_worked_example() -> None:
    # "aa" and "bb" are each in one of two texts of equal length: idf = log(1 + 1.5 / 1.5) = log 2
    index = build_lexical(["aa", "bb"], ["x", "x"])
    assert index.step == pytest.approx(math.log(2) / 255)
    assert index.scores("aa") == pytest.approx([math.log(2), 0])
    assert index.scores("bb aa aa") == pytest.approx([2 * math.log(2), math.log(2)])


def test_collections_do_not_make_each_others_words_common() -> None:
    alone = build_lexical(["aa", "bb"], ["x", "x"]).scores("aa")[0]
    beside = build_lexical(["aa", "bb", "aa", "aa"], ["x", "x", "y", "y"]).scores("aa")
    assert beside[0] == pytest.approx(alone, abs=0.01)
    assert beside[2] < alone / 2


def test_nothing_shared_scores_zero() -> None:
    index = build_lexical(["die Rechnung", "", "請求書"], ["x", "x", "x"])
    assert index.scores("zzz").tolist() == [0, 0, 0]
    assert index.scores("").tolist() == [0, 0, 0]
    assert index.scores("請求").tolist()[:2] == [0, 0]


def test_an_empty_index_answers() -> None:
    assert build_lexical([], []).scores("a").tolist() == []
    assert build_lexical(["", ""], ["x", "x"]).scores("a").tolist() == [0, 0]


@given(TEXTS)
def test_postings_are_in_order(rows: list[tuple[str, str]]) -> None:
    index = build_lexical([text for text, _ in rows], [name for _, name in rows])
    assert (np.diff(index.keys.astype(np.int64)) > 0).all()
    assert (index.weights >= 1).all()
    assert index.starts[-1] == len(index.rows) == len(index.weights)
    for at in range(len(index.keys)):
        assert (np.diff(index.rows[index.starts[at] : index.starts[at + 1]].astype(int)) > 0).all()


@pytest.mark.parametrize(("count", "kind"), [(1 << 16, np.uint16), ((1 << 16) + 1, np.uint32)])
def test_rows_beyond_two_bytes_are_found(count: int, kind: type) -> None:
    texts = ["common"] * (count - 1) + ["common rare"]
    index = build_lexical(texts, ["de"] * count)
    assert index.rows.dtype == kind
    assert np.flatnonzero(index.scores("rare")).tolist() == [count - 1]
    assert (index.scores("common") > 0).all()
