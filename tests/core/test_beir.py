"""A tiny corpus in BEIR's layout, in two languages, and what is wrong with one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
import small
from hypothesis import given
from hypothesis import strategies as st
from tiny_corpus import CORPUS, lay_down

from rapport.errors import ContentError
from rapport.lab import beir
from rapport.lab.beir import _best, _scores, _Words, measure_corpus, open_vectors, render
from rapport.lab.corpus import read_corpus
from rapport.search.analyser import term_key, terms
from rapport.search.lexical import build_lexical

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rapport.types import Floats


def test_a_corpus_is_read(tmp_path: Path) -> None:
    corpus = read_corpus(lay_down(tmp_path))
    assert corpus.passages == ["p1", "p2", "p3", "p4", "p5"]
    assert corpus.questions == {"q1": "Rechnung verstehen", "q2": "klant betaalt te laat"}
    assert corpus.grades == {"q1": {"p1": 2, "p3": 1}, "q2": {"p4": 1, "p5": 0}}
    texts = list(corpus.texts())
    assert texts[0].startswith("Rechnung\nDer Kunde")
    assert texts[1].startswith("Der Kunde zahlt")
    assert texts[4] == "Suppe"


@pytest.mark.parametrize("chunk", [1, 2, 1024])
def test_a_corpus_is_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    """BM25 and a bag of terms find what shares words, the mix too, however the corpus is cut."""
    monkeypatch.setattr(beir, "CHUNK", chunk)
    encoder = small.BagOfTerms()
    report = measure_corpus(read_corpus(lay_down(tmp_path)), encoder.batches, encoder.batches, 0.6, small.quiet)
    assert encoder.seen[:2] == ["Rechnung verstehen", "klant betaalt te laat"]
    assert len(encoder.seen) == 2 + len(CORPUS)
    assert (report.passages, report.questions) == (5, 2)
    values = {system: {name: one.value for name, one in of.items()} for system, of in report.systems.items()}
    assert {system: of["success@1"] for system, of in values.items()} == {"bm25": 1, "dense": 1, "mix": 1}
    # BM25 alone does not find the Dutch passage, which shares no word with the German question; vectors rank all
    assert (values["bm25"]["recall@100"], values["dense"]["recall@100"]) == (0.75, 1)
    assert values["bm25"]["ndcg@10"] < values["mix"]["ndcg@10"] <= 1
    assert json.loads(report.to_json())["systems"]["mix"]["success@1"]["questions"] == 2
    assert render(report).splitlines()[0] == "2 questions, 5 passages"


def test_embedding_goes_on_where_it_was_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only passages without a vector are embedded, and the figures are those of one go."""
    corpus, encoder, keep = read_corpus(lay_down(tmp_path)), small.BagOfTerms(), tmp_path / "kept" / "vectors.npy"
    monkeypatch.setattr(beir, "CHUNK", 2)

    def stopped(texts: Sequence[str]) -> Iterator[tuple[Sequence[int], Floats]]:
        if texts[0].startswith("Factuur"):
            yield [1], small.vector(texts[1])[None, :]
            raise KeyboardInterrupt
        yield range(len(texts)), encoder.encode(texts)

    with pytest.raises(KeyboardInterrupt):
        measure_corpus(corpus, encoder.batches, stopped, 0.6, small.quiet, keep)
    encoder.seen.clear()
    again = measure_corpus(corpus, encoder.batches, encoder.batches, 0.6, small.quiet, keep)
    texts = list(corpus.texts())
    assert encoder.seen[2:] == [texts[2], texts[4]]
    assert again == measure_corpus(corpus, encoder.batches, encoder.batches, 0.6, small.quiet)
    encoder.seen.clear()
    assert measure_corpus(corpus, encoder.batches, encoder.batches, 0.6, small.quiet, keep) == again
    assert len(encoder.seen) == 2


def test_kept_vectors_of_another_kind_are_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npy"
    open_vectors(path, 2, 3)[:] = 1
    assert open_vectors(path, 2, 3).tolist() == [[1, 1, 1], [1, 1, 1]]
    assert open_vectors(path, 3, 3).tolist() == [[0, 0, 0]] * 3
    for damaged in (b"", b"no array", path.read_bytes()[:-1]):
        path.write_bytes(damaged)
        assert open_vectors(path, 3, 3).tolist() == [[0, 0, 0]] * 3


def test_the_mix_is_the_text_signal_of_the_ranking() -> None:
    """By hand: over two passages z-scores are 1 and −1."""
    scores = _scores(np.array([0.9, 0.7], np.float32), np.array([0.0, 4.0], np.float32), 0.6)
    assert scores["mix"].tolist() == pytest.approx([0.6 - 0.4, 0.4 - 0.6])
    assert scores["dense"].tolist() == pytest.approx([0.9, 0.7])
    assert scores["bm25"].tolist() == [-np.inf, 4.0]


def test_other_judgements_may_be_named(tmp_path: Path) -> None:
    other = tmp_path / "dev.tsv"
    other.write_text("query-id\tcorpus-id\tscore\nq3\tp5\t1\n", "utf-8")
    assert read_corpus(lay_down(tmp_path / "corpus"), other).grades == {"q3": {"p5": 1}}


@pytest.mark.parametrize(
    ("file", "line", "text", "message"),
    [
        ("corpus.jsonl", 2, "{", "is not JSON"),
        ("corpus.jsonl", 2, "[]", "must be an object in braces"),
        ("corpus.jsonl", 3, '{"_id": "p3", "title": "x"}', "`text` is missing or not a text"),
        ("corpus.jsonl", 3, '{"_id": 3, "text": "x"}', "`_id` is missing or not a text"),
        ("corpus.jsonl", 3, '{"_id": "p3", "title": null, "text": "x"}', "`title` is missing or not a text"),
        ("corpus.jsonl", 4, '{"_id": "", "text": "x"}', "`_id` is empty"),
        ("corpus.jsonl", 5, '{"_id": "p1", "text": "x"}', "`_id` 'p1' stands already in line 1"),
        ("queries.jsonl", 2, '{"_id": "q2", "text": " "}', "`text` is empty"),
        ("queries.jsonl", 3, '{"_id": "q1", "text": "x"}', "`_id` 'q1' stands already in line 1"),
        ("qrels/test.tsv", 1, "q1\tp1\t1", "the header is missing"),
        ("qrels/test.tsv", 2, "q1 p1 1", "has 1 columns, not 3"),
        ("qrels/test.tsv", 2, "q1\t0\tp1\t1", "has 4 columns, not 3"),
        ("qrels/test.tsv", 3, "q9\tp1\t1", "no query 'q9'"),
        ("qrels/test.tsv", 3, "q1\tp9\t1", "no passage 'p9'"),
        ("qrels/test.tsv", 3, "q1\tp2\thigh", "the score 'high' is no whole number"),
        ("qrels/test.tsv", 3, "q1\tp1\t1", "'p1' is judged twice for 'q1'"),
    ],
)
def test_what_is_malformed_is_told_with_its_line(tmp_path: Path, file: str, line: int, text: str, message: str) -> None:
    path = lay_down(tmp_path) / file
    lines = path.read_text("utf-8").splitlines()
    lines[line - 1] = text
    path.write_text("\n".join(lines) + "\n", "utf-8")
    with pytest.raises(ContentError) as caught:
        read_corpus(tmp_path)
    assert str(caught.value).startswith(f"{path}:{line}: {message}")


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    path = lay_down(tmp_path) / "corpus.jsonl"
    path.write_bytes(path.read_bytes() + b'{"_id": "p6", "text": "\xff"}\n')
    with pytest.raises(ContentError, match=r"corpus\.jsonl:6: is not UTF-8"):
        read_corpus(tmp_path)
    path.write_text("\n", "utf-8")
    with pytest.raises(ContentError, match=r"corpus\.jsonl:1: holds nothing"):
        read_corpus(tmp_path)
    path.unlink()
    with pytest.raises(ContentError, match=r"corpus\.jsonl: is missing"):
        read_corpus(tmp_path)
    lay_down(tmp_path / "other")
    (tmp_path / "other/qrels/test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tp1\t0\n", "utf-8")
    with pytest.raises(ContentError, match=r"test\.tsv:1: judges no passage relevant"):
        read_corpus(tmp_path / "other")


@given(st.lists(st.text("ab 請求", max_size=12), min_size=1, max_size=12), st.text("ab 請求", max_size=8))
def test_words_of_the_questions_are_enough(texts: list[str], question: str) -> None:
    """The same scores as an index of all words, but for the steps that weights are kept in."""
    words = _Words({term_key(term) for term in terms(question)})
    for text in texts:
        words.add(text)
    index = words.index()
    whole = build_lexical(texts, ["one"] * len(texts))
    most = len(terms(question)) * (whole.step + index.step)
    assert index.count == len(texts)
    assert np.abs(index.scores(question) - whole.scores(question)).max() <= most


def test_the_best_passages() -> None:
    """Ties in the corpus's order, never the question itself, nothing that was not found; a hundred at most."""
    names = [f"p{at}" for at in range(300)]
    scores = np.zeros(300)
    scores[[7, 250]] = 2.0, 3.0
    assert _best("q", scores, names) == ["p250", "p7", *[name for name in names if name not in ("p7", "p250")][:98]]
    assert _best("p250", scores, names)[:2] == ["p7", "p0"]
    assert len(_best("p250", scores, names)) == 100
    assert _best("q", np.where(scores > 0, scores, -np.inf), names) == ["p250", "p7"]
