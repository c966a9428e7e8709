"""The index: what is stored is what was built, and faiss compares as NumPy does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
import small
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from rapport.errors import ContentError
from rapport.search import index
from rapport.search.answer import Outcome
from rapport.search.build import build_index, inputs_name, make_knowledge, read_inputs
from rapport.search.index import (
    LEVELS,
    FaissVectors,
    StoredVectors,
    current_build,
    dequantise,
    quantise,
    read_index,
    read_manifest,
)
from rapport.search.question import letters
from rapport.search.ranking import rank
from rapport.types import RowKind

if TYPE_CHECKING:
    from rapport.project import Project
    from rapport.search.ask import Searcher
    from rapport.types import Floats

finite = st.floats(-1, 1, width=32)
rows_of_vectors = arrays.arrays(np.float32, st.tuples(st.integers(1, 6), st.just(8)), elements=finite)


def unit_rows(vectors: Floats) -> Floats:
    vectors = vectors + np.float32(0.01)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-6)).astype(np.float32)


QUESTIONS = [text for lang in small.WHO for guide in (*small.THEMES, "none") for text in small.situations(guide, lang)]


def test_save_and_load_give_the_same_ranking(built: Project) -> None:
    made = make_knowledge(read_inputs(built), small.embedding(), small.quiet)
    loaded, _ = read_index(built)
    assert list(loaded.rows) == list(made.rows)
    assert loaded.texts == made.texts
    assert loaded.titles == made.titles
    assert loaded.settings == made.settings
    assert (loaded.guides, loaded.languages) == (made.guides, made.languages)
    assert (loaded.head.classes, loaded.section_head.classes) == (made.head.classes, made.section_head.classes)
    assert np.array_equal(loaded.vectors.rows(), made.vectors.rows())
    for question in QUESTIONS:
        encoded = small.BagOfTerms().encode_question(question)
        before = rank(made, encoded, made.lexical.scores(question), letters(question))
        after = rank(loaded, encoded, loaded.lexical.scores(question), letters(question))
        assert (before.order, before.section, before.outcome) == (after.order, after.section, after.outcome)
        assert before.score.tolist() == after.score.tolist()
        assert np.array_equal(before.reading, after.reading, equal_nan=True)
        assert (before.answerable, before.correct) == (after.answerable, after.correct)


def test_rows_are_passages_then_situations_then_the_bank(searcher: Searcher) -> None:
    rows = searcher.knowledge.rows
    assert [row.kind for row in rows] == [RowKind.PASSAGE] * 30 + [RowKind.SITUATION] * 40 + [RowKind.BANK] * 200
    assert rows[0].text.startswith("Der Kunde versteht die Rechnung nicht › short-answer de\n")
    assert rows[70].text == "El cliente no entiende la factura"


@given(rows_of_vectors, arrays.arrays(np.float32, 8, elements=finite))
def test_faiss_equals_numpy(vectors: Floats, question: Floats) -> None:
    quantised = quantise(unit_rows(vectors))
    rows = dequantise(*quantised)
    for held in (FaissVectors(*quantised), StoredVectors(*quantised)):
        assert held.cosines(question) == pytest.approx(rows @ question, abs=1e-5)
        assert np.array_equal(held.rows(), rows)


def test_faiss_equals_numpy_on_a_whole_index(searcher: Searcher) -> None:
    rows = searcher.knowledge.vectors.rows()
    for question in QUESTIONS[:10]:
        brute = rows @ small.vector(question)
        assert searcher.knowledge.vectors.cosines(small.vector(question)) == pytest.approx(brute, abs=1e-6)


@given(rows_of_vectors)
@settings(max_examples=200)
def test_quantised_rows_are_unit_and_stay_as_they_are(vectors: Floats) -> None:
    values, scale = quantise(unit_rows(vectors))
    again = dequantise(values, scale)
    assert values.dtype == np.int8
    assert np.abs(values).max() <= LEVELS
    assert np.linalg.norm(again, axis=1) == pytest.approx(np.ones(len(again)), abs=1e-5)
    assert dequantise(*quantise(again)) == pytest.approx(again, abs=1e-5)


def test_quantising_keeps_direction() -> None:
    rows = np.random.default_rng(1).normal(size=(200, 384)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert ((rows * dequantise(*quantise(rows))).sum(axis=1) > 0.985).all()


def test_a_zero_row_does_not_divide_by_zero() -> None:
    values, scale = quantise(np.zeros((1, 8), dtype=np.float32))
    assert dequantise(values, scale).tolist() == [[0.0] * 8]


def test_every_row_finds_itself(searcher: Searcher) -> None:
    vectors = searcher.knowledge.vectors
    for number, row in enumerate(vectors.rows()):
        cosines = vectors.cosines(row)
        assert cosines[number] >= cosines.max() - 1e-6


def test_a_passage_finds_its_guide_and_section(searcher: Searcher) -> None:
    for row in searcher.knowledge.rows:
        if row.kind is RowKind.PASSAGE:
            answer = searcher.ask(row.text)
            assert (answer.hits[0].guide, answer.hits[0].section) == (row.guide, row.section)


def test_a_question_of_the_bank_finds_its_guide_in_its_language(searcher: Searcher) -> None:
    for row in searcher.knowledge.rows:
        if row.kind is RowKind.BANK:
            answer = searcher.ask(row.text, row.lang)
            if row.guide in small.WRITTEN:
                assert (answer.outcome, answer.hits[0].guide) == (Outcome.ANSWERED, row.guide)
            else:
                assert answer.outcome is (Outcome.UNWRITTEN if row.guide else Outcome.NOTHING)


def test_the_manifest_says_what_was_built(built: Project) -> None:
    manifest = read_manifest(built)
    folder = current_build(built)
    assert manifest.model == small.RECORD
    assert (manifest.rows, manifest.guides, manifest.languages) == (270, 2, ("es", "ru", "ja", "nl", "de"))
    assert manifest.inputs == inputs_name(read_inputs(built), small.RECORD)
    assert folder.name == manifest.inputs[:16]
    assert set(manifest.files) == {path.name for path in folder.iterdir()} - {"manifest.json"}


def test_there_is_no_pickle(built: Project) -> None:
    for path in current_build(built).glob("*.npz"):
        with np.load(path, allow_pickle=False) as arrays:
            assert all(arrays[name].dtype != object for name in arrays)


def test_nothing_is_built_twice(project: Project) -> None:
    encoder = small.BagOfTerms()
    assert build_index(project, small.embedding(encoder), small.quiet) is None
    assert encoder.seen == []


@pytest.mark.parametrize("character", ["\u2028", "\u0085", "\u001c", "\u00ad"])
def test_characters_that_nobody_sees_make_no_index(project: Project, character: str) -> None:
    path = project.root / small.path_of("late-payment", "de")
    path.write_text(path.read_text("utf-8").replace("## why de", f"## why{character}de"), "utf-8", newline="\n")
    with pytest.raises(
        ContentError, match=rf"late-payment\.md:23: U\+{ord(character):04X} .* in column 7: nobody sees it"
    ):
        build_index(project, small.embedding(), small.quiet)


def test_another_model_makes_another_index(project: Project) -> None:
    before = current_build(project)
    other = small.ModelRecord(**{**{k: getattr(small.RECORD, k) for k in small.RECORD.__slots__}, "fingerprint": "2"})
    after = build_index(project, small.embedding(record=other), small.quiet)
    assert after is not None
    assert after != before
    assert read_manifest(project).model == other


def test_the_build_before_is_kept_and_no_more(project: Project) -> None:
    made = [current_build(project)]
    for number in range(3):
        path = project.search_index / "ranking.yml"
        path.write_text(path.read_text("utf-8") + f"# {number}\n", "utf-8")
        folder = build_index(project, small.embedding(), small.quiet)
        assert folder is not None
        made.append(folder)
    assert {path.name for path in (project.search_index / "builds").iterdir()} == {path.name for path in made[-2:]}
    assert json.loads((made[-1] / "manifest.json").read_text("utf-8"))["schema"] == index.SCHEMA


def test_the_pointer_is_read_once(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    pointer = index._read_pointer
    monkeypatch.setattr(index, "_read_pointer", lambda project: read.append("") or pointer(project))
    read_index(project)
    assert len(read) == 1
