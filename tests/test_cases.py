"""The cases that Python and JavaScript share; their twin is `tests/js/cases.test.js`."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import yaml

from rapport.embed.record import Encoded
from rapport.search import analyser, ranking
from rapport.search.answer import Option
from rapport.search.ask import Searcher
from rapport.search.knowledge import GuideText, Head, Knowledge, ReadingHead, Settings, lay_out
from rapport.search.lexical import build_lexical
from rapport.search.question import clean_question, is_long, letters, read_question
from rapport.search.spelling import Spelling
from rapport.types import Row, RowKind

CASES = Path(__file__).parent / "cases"
ANALYSER = yaml.safe_load((CASES / "analyser.yml").read_text("utf-8"))
SEARCH = yaml.safe_load((CASES / "search.yml").read_text("utf-8"))
QUESTION = yaml.safe_load((CASES / "question.yml").read_text("utf-8"))
RANKING = yaml.safe_load((CASES / "ranking.yml").read_text("utf-8"))


class PlainVectors:
    """Rows compared one by one, without faiss."""

    def __init__(self, rows: np.ndarray) -> None:
        self.rows = rows

    def cosines(self, vector: np.ndarray) -> np.ndarray:
        return self.rows @ vector


def tiny_head(entry: dict[str, Any]) -> Head:
    return Head(tuple(entry["classes"]), np.array(entry["weights"], np.float32), np.array(entry["bias"], np.float32))


NO_READING = {"classes": [], "query": [], "value": [], "mean": [], "bias": [], "centres": []}


def tiny_reading(entry: dict[str, Any]) -> ReadingHead:
    arrays = {name: np.array(entry[name], np.float32) for name in ("query", "value", "mean", "bias", "centres")}
    return ReadingHead(tuple(entry["classes"]), **arrays)


def tiny_knowledge(entry: dict[str, Any]) -> Knowledge:
    rows = tuple(
        Row(RowKind(row["kind"]), row["guide"], row["section"], row["lang"], row["text"]) for row in entry["rows"]
    )
    vectors = np.array([np.array(row["vector"], np.float32) * np.float32(row["scale"]) for row in entry["rows"]])
    return Knowledge(
        languages=tuple(entry["languages"]),
        guides=tuple(entry["guides"]),
        rows=rows,
        vectors=PlainVectors(vectors),
        means=np.array(entry["means"], np.float32),
        head=tiny_head(entry["head"]),
        section_head=tiny_head(entry["section_head"]),
        reading=tiny_reading(entry.get("reading", NO_READING)),
        settings=Settings(
            **{key: tuple(value) if isinstance(value, list) else value for key, value in entry["settings"].items()}
        ),
        lexical=build_lexical([row.text for row in rows], [row.lang for row in rows]),
        texts={
            (guide, lang): GuideText(
                guide,
                "theme",
                lang,
                f"{guide} {lang}",
                "",
                (),
                "" if f"{guide} {lang}" in entry.get("signless", ()) else f"sign of {guide} {lang}",
            )
            for guide, lang in (one.split() for one in entry.get("written", ()))
        },
        layout=lay_out(rows, entry["guides"], entry["section_head"]["classes"]),
        titles={},
    )


def close(got: Any, wanted: Any) -> bool:
    return bool(np.allclose(np.array(got, float), np.array(wanted, float), rtol=0, atol=1e-6, equal_nan=True))


@pytest.mark.parametrize("case", ANALYSER["normalise"], ids=lambda case: case["text"])
def test_normalise(case: dict[str, Any]) -> None:
    assert analyser.normalise(case["text"]) == case["gives"]


@pytest.mark.parametrize("case", ANALYSER["terms"], ids=lambda case: case["text"] or "empty")
def test_terms(case: dict[str, Any]) -> None:
    assert analyser.terms(case["text"]) == case["gives"]


@pytest.mark.parametrize("case", ANALYSER["term_key"], ids=lambda case: case["term"] or "empty")
def test_term_key(case: dict[str, Any]) -> None:
    assert analyser.term_key(case["term"]) == case["gives"]


@pytest.mark.parametrize("case", QUESTION["clean"], ids=lambda case: case["text"] or "empty")
def test_clean_question(case: dict[str, Any]) -> None:
    assert clean_question(case["text"]) == case["gives"]


@pytest.mark.parametrize("case", QUESTION["read"], ids=lambda case: case["text"] or "empty")
def test_read_question(case: dict[str, Any]) -> None:
    assert read_question(case["text"], Spelling(QUESTION["spellings"])) == case["gives"]


STEPS = {
    "unit": lambda c: ranking.unit(np.array(c["vector"], float)),
    "standardise": lambda c: ranking.standardise(np.array(c["values"], float)),
    "nearest_language": lambda c: ranking.nearest_language(np.array(c["vector"]), np.array(c["means"], np.float32)),
    "language_lead": lambda c: ranking.language_lead(np.array(c["vector"]), np.array(c["means"], np.float32)),
    "centre": lambda c: ranking.centre(np.array(c["vector"], np.float32), np.array(c["mean"], np.float32)),
    "log_softmax": lambda c: ranking.log_softmax(np.array(c["logits"], float)),
    "nearness": lambda c: ranking.nearness(np.array(c["cosines"], float)),
    "combine": lambda c: ranking.combine([np.array(s, float) for s in c["signals"]], c["weights"]),
    "reading_logits": lambda c: ranking.reading_logits(
        tiny_reading(c["reading"]), np.array(c["states"], np.float32), c["language"]
    ),
    "weights_for": lambda c: ranking.weights_for(SimpleNamespace(**c["settings"]), c["letters"]),
    "comparable": lambda c: np.concatenate(
        list(
            ranking.comparable({"reading": np.array(c["reading"], float), "head": np.array(c["head"], float)}).values()
        )
    ),
    "own_features": lambda c: ranking.own_features(
        np.array(c["reading"], float),
        np.array(c["head"], float),
        c["log_none"],
        np.array(c["near"], float),
        c["near_none"],
        np.array(c["lexical"], float),
        c["lexical_none"],
    ).ravel(),
    "features": lambda c: ranking.features(
        np.array(c["score"]),
        tuple(c["order"]),
        np.array(c["reading"], float),
        c["reading_none"],
        np.array(c["head"], float),
        c["log_none"],
        np.array(c["near"], float),
        c["near_none"],
        np.array(c["lexical"], float),
        c["lexical_none"],
    ),
}


@pytest.mark.parametrize(
    ("step", "case"), [(step, case) for step in STEPS for case in RANKING[step]], ids=lambda value: str(value)[:60]
)
def test_step(step: str, case: dict[str, Any]) -> None:
    assert close(STEPS[step](case), case["gives"])


@pytest.mark.parametrize("case", RANKING["rank"], ids=lambda case: case["question"] or "empty")
def test_rank(case: dict[str, Any]) -> None:
    knowledge = tiny_knowledge(RANKING["knowledge"])
    bm25 = knowledge.lexical.scores(case["question"])
    assert close(bm25, case["bm25"])
    encoded = Encoded(np.array(case["vector"], np.float32), np.array(case["states"], np.float32))
    found = ranking.rank(knowledge, encoded, bm25, letters(case["question"]))
    for name in (
        "reading",
        "reading_none",
        "head",
        "log_none",
        "near",
        "near_none",
        "lexical",
        "lexical_none",
        "text",
        "evidence",
        "score",
        "features",
    ):
        assert close(getattr(found, name), case[name]), name
    assert (found.language, list(found.order), found.section) == (case["language"], case["order"], case["section"])
    assert close([found.answerable, found.correct], [case["answerable"], case["correct"]])
    assert found.outcome.value == case["outcome"]


class FixedVector:
    """An encoder for which every question is the same."""

    def __init__(self, vector: list[float]) -> None:
        self.vector = np.array(vector, np.float32)

    def encode_question(self, text: str) -> Encoded:
        return Encoded(self.vector)


@pytest.mark.parametrize("case", SEARCH["is_long"], ids=lambda case: f"{case['times']} {case['text']}")
def test_is_long(case: dict[str, Any]) -> None:
    assert is_long(case["text"] * case["times"]) == case["gives"]


@pytest.mark.parametrize("case", SEARCH["search"], ids=lambda case: case["why"])
def test_search(case: dict[str, Any]) -> None:
    own = {"written": case["written"], "signless": case.get("signless", ())}
    settings = {**SEARCH["knowledge"]["settings"], **case.get("settings", {})}
    knowledge = tiny_knowledge({**SEARCH["knowledge"], **own, "settings": settings})
    question = case.get("question", "?")
    answer = Searcher(knowledge, FixedVector(case["vector"])).ask(question, case["lang"], case["limit"])
    assert (answer.outcome.value, answer.unwritten) == (case["outcome"], case["unwritten"])
    assert answer.touches == case.get("touches", False)
    asked = answer.choice and [answer.choice.a, answer.choice.b]
    langs = {hit.guide: hit.lang for hit in answer.hits}
    wanted = case.get("choice")
    assert asked == (wanted and [Option(guide, f"sign of {guide} {langs[guide]}") for guide in wanted])
    hits = [{"guide": hit.guide, "section": hit.section, "lang": hit.lang, "fits": hit.fits} for hit in answer.hits]
    assert hits == case["hits"]
