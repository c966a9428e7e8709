"""What is measured of a run, on small invented ones with figures known by hand, and the page that tells it."""

from __future__ import annotations

import json
import math
import platform
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import MADE, asked, ranked, run, split_ids

from rapport.lab.measures import (
    CORPUS,
    calculate,
    calibration,
    confusions,
    figure,
    length_name,
    length_names,
    make_report,
    question_values,
)
from rapport.lab.plots import Value, bars, points
from rapport.lab.report import machine, render, write_report
from rapport.lab.runs import Asked, Result
from rapport.lab.tables import Table
from rapport.search.answer import Outcome

if TYPE_CHECKING:
    from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"


def test_ranking_measures() -> None:
    """Right first; another right one first; third; twelfth, which no measure sees."""
    values = question_values(
        run(
            asked("nl-1", "abc"),
            asked("nl-2", "bca", also="b"),
            asked("nl-3", "bca"),
            asked("nl-4", "bcdefghijkla"),
            asked("nl-5", "abc", None),
        )
    )
    assert values["success@1"] == {"nl-1": 1, "nl-2": 1, "nl-3": 0, "nl-4": 0}
    assert values["success@3"] == {"nl-1": 1, "nl-2": 1, "nl-3": 1, "nl-4": 0}
    assert values["mrr@10"] == pytest.approx({"nl-1": 1, "nl-2": 1, "nl-3": 1 / 3, "nl-4": 0})
    best = 2 + 1 / math.log2(3)
    assert values["ndcg@10"] == pytest.approx(
        {"nl-1": 1, "nl-2": (1 + 2 / math.log2(4)) / best, "nl-3": 1 / math.log2(4), "nl-4": 0}
    )


def test_outcomes() -> None:
    nothing, unwritten = Outcome.NOTHING, Outcome.UNWRITTEN
    values = question_values(
        run(
            asked("nl-1", "abc", None, kind="none", outcome=nothing),
            asked("nl-2", "abc", None, kind="real"),
            asked("nl-3", "abc", None, kind="real", outcome=unwritten),
            asked("nl-4", "abc", "a", outcome=nothing, section="why", opens="why"),
            asked("nl-5", "abc", "b", section="why", opens="signs"),
            asked("nl-6", "dab", "d", outcome=unwritten, section="why"),
            asked("nl-7", "adb", "d"),
            asked("nl-8", "adb", "d", also="a"),
        )
    )
    assert values["refused"] == {"nl-1": 1, "nl-2": 0, "nl-3": 1}
    assert values["refused_falsely"] == {"nl-4": 1, "nl-5": 0}
    assert values["told_unwritten"] == {"nl-6": 1, "nl-7": 0}
    assert values["section"] == {"nl-4": 1, "nl-5": 0}
    assert (values["same_first"], values["same_outcome"]) == ({}, {})


def test_a_system_that_only_ranks_has_no_outcomes() -> None:
    values = question_values(run(asked("nl-1", "ab", bm25="ba"), asked("nl-2", "ab", None, kind="none")), "bm25")
    assert values["success@1"] == {"nl-1": 0}
    assert values["refused"] == {}


def test_the_full_model_agrees_with_the_small_copy_or_not() -> None:
    small = asked("nl-1", "ab"), asked("nl-2", "ab", None, kind="none")
    full = Result(ranked("ba"), Outcome.ANSWERED), Result(ranked("ab"), Outcome.NOTHING)
    both = run(*(Asked(one.question, {**one.results, "full": of}) for one, of in zip(small, full, strict=True)))
    values = question_values(both, "full")
    assert values["same_first"] == {"nl-1": 0, "nl-2": 1}
    assert values["same_outcome"] == {"nl-1": 1, "nl-2": 0}
    assert values["refused"] == {"nl-2": 1}
    text = render(make_report(both))
    assert "Answered and refused, by the full model" in text
    assert "same_outcome: the same outcome as the small copy" in text


def test_an_interval_is_drawn_over_cases() -> None:
    """Five languages of two cases, one all right, one all wrong: the mean is sure only as far as two cases are."""
    values = {f"{lang}-{case}": float(case == 1) for lang in ("es", "ru", "ja", "nl", "de") for case in (1, 2)}
    found = figure(values, {name: name[3:] for name in values})
    assert (found.value, found.low, found.high, found.questions, found.cases) == (0.5, 0.0, 1.0, 10, 2)
    alone = figure(values, {name: name for name in values})
    assert (alone.value, alone.cases) == (0.5, 10)
    assert 0 < alone.low < 0.5 < alone.high < 1


def test_a_case_weighs_as_many_questions_as_it_has() -> None:
    values = {"nl-1": 1.0, "de-1": 1.0, "ja-1": 1.0, "nl-2": 0.0}
    assert figure(values, {name: name[3:] for name in values}).value == 0.75


def test_an_interval_is_the_binomial_one_where_questions_are_cases() -> None:
    values = {str(at): float(at < 80) for at in range(100)}
    found = figure(values, {name: name for name in values})
    spread = 1.96 * math.sqrt(0.8 * 0.2 / 100)
    assert (found.low, found.high) == pytest.approx((0.8 - spread, 0.8 + spread), abs=0.02)
    assert figure(values, {name: name for name in values}) == found  # the same draws every time


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0, 1)), min_size=1, max_size=30))
def test_an_interval_lies_among_the_means_of_cases(pairs: list[tuple[int, float]]) -> None:
    values = {str(at): value for at, (_, value) in enumerate(pairs)}
    case_of = {str(at): str(case) for at, (case, _) in enumerate(pairs)}
    found = figure(values, case_of)
    means = [np.mean([v for n, v in values.items() if case_of[n] == case]) for case in set(case_of.values())]
    assert min(means) - 1e-4 <= found.low <= found.high <= max(means) + 1e-4


def test_lengths() -> None:
    names = length_names()
    assert names == ["<100 letters", "100–199 letters", "200–349 letters", "350–599 letters", "≥600 letters"]
    ends = {0: 0, 99: 0, 100: 1, 199: 1, 200: 2, 349: 2, 350: 3, 599: 3, 600: 4, 5000: 4}
    assert {letters: names.index(length_name("x" * letters)) for letters in ends} == ends


def test_a_report_tells_the_splits_groups_and_systems_apart() -> None:
    ids = split_ids()
    report = make_report(
        run(
            asked(ids["tune"], "ab", kind="long", text="x" * 120, bm25="ba"),
            asked(ids["hold"], "ba", kind="real"),
            asked(ids["hold"].replace("nl", "de"), "ab", None, kind="real", outcome=Outcome.NOTHING),
        )
    )
    tune, hold = report.splits["tune"], report.splits["hold"]
    assert {line.group for line in tune.lines} == {"all", "nl", "long", "100–199 letters", "written", "written nl"}
    assert {line.group for line in hold.lines} == {"all", "nl", "de", "real", "<100 letters", "written", "written nl"}
    own, bm25 = tune.line("rapport", "long"), tune.line("bm25", "long")
    assert own is not None
    assert bm25 is not None
    assert (own.figures["success@1"].value, bm25.figures["success@1"].value) == (1, 0)
    real, de = hold.line("rapport", "real"), hold.line("rapport", "de")
    assert real is not None
    assert de is not None
    assert (real.figures["success@1"].value, real.figures["refused"].value) == (0, 1)
    assert set(de.figures) == {"refused"}
    assert tune.line("rapport", "de") is None
    entry = json.loads(report.to_json())
    assert entry["made_with"] == MADE
    assert entry["splits"]["hold"]["confusions"] == [
        {"right": "a", "first": "b", "count": 1, "questions": [ids["hold"]]}
    ]
    line = next(one for one in entry["splits"]["tune"]["lines"] if (one["system"], one["group"]) == ("bm25", "all"))
    assert line["figures"]["success@3"] == {"value": 1.0, "low": 1.0, "high": 1.0, "questions": 1, "cases": 1}


def test_confusions_are_counted_by_pair() -> None:
    found = confusions(
        [
            asked("nl-2", "cab"),
            asked("nl-1", "bac"),
            asked("de-1", "bca"),
            asked("nl-3", "abc"),
            asked("nl-4", "bac", also="b"),
            asked("nl-5", "bac", None),
        ]
    )
    assert [(one.right, one.first, one.count, one.questions) for one in found] == [
        ("a", "b", 2, ("nl-1", "de-1")),
        ("a", "c", 1, ("nl-2",)),
    ]


def test_confusions_are_shown_where_they_are_wanted() -> None:
    report = make_report(run(asked("nl-1", "ba")))
    assert "Taken for another guide" not in render(report)
    assert "1  a            b            nl-1" in render(report, confused=True)


def test_calibration() -> None:
    """A question without a guide has no right first guide; 1.0 belongs to the last bin."""
    bins = calibration(
        [
            asked("nl-1", "ab", confidence=0.92),
            asked("nl-2", "ba", confidence=1.0),
            asked("nl-3", "ab", confidence=0.9),
            asked("nl-4", "ab", None, confidence=0.0),
        ]
    )
    assert [(one.low, one.high, one.confidence, one.right.value, one.right.questions) for one in bins] == [
        (0.0, 0.1, 0.0, 0.0, 1),
        (0.9, 1.0, 0.94, 0.6667, 3),
    ]


def test_measures_of_a_corpus() -> None:
    """A question for which nothing was found counts, as found nothing."""
    values = calculate(CORPUS, {"q1": {"x": 1, "y": 0}, "q2": {"z": 2, "w": 1}}, {"q1": ["y", "x"], "q2": []})
    assert values["ndcg@10"] == pytest.approx({"q1": 1 / math.log2(3), "q2": 0})
    assert values["success@1"] == {"q1": 0, "q2": 0}
    assert values["recall@100"] == {"q1": 1, "q2": 0}


def test_a_table_as_text_and_as_markdown() -> None:
    table = Table("Title", ("name", "count"), [("a|b <c>", "7"), ("d", "12")], "Note.")
    assert table.as_text() == "Title\nname     count\na|b <c>      7\nd           12\nNote."
    assert table.as_markdown(3) == (
        "### Title\n\n| name | count |\n| --- | --- |\n| a\\|b &lt;c> | 7 |\n| d | 12 |\n\nNote."
    )
    assert Table("", ("name",), []).as_text() == "name"


def test_bars_show_their_values() -> None:
    values = {"x <1": Value(0.5, 0.25, 0.75), "y": Value(1.0)}
    plot = bars("name", "Title", ["x <1", "y"], {"tune": values, "hold": {"y": Value(0.2)}})
    assert plot.alternative == "Title. x <1: tune 0.50 (0.25 to 0.75). y: tune 1, hold 0.2."
    root = ET.fromstring(plot.svg)
    assert (root.get("role"), root.findtext(f"{SVG}title")) == ("img", "Title")
    assert root.findtext(f"{SVG}desc") == plot.alternative
    rects = [one for one in root.findall(f"{SVG}rect") if one.get("height") == "14"]
    widths = [float(one.get("width") or 0) for one in rects]
    assert widths == pytest.approx([widths[1] / 2, widths[1], widths[1] / 5])
    left = float(rects[0].get("x") or 0)
    (whiskers,) = root.findall(f"{SVG}path")
    assert (whiskers.get("d") or "").startswith(f"M{left + widths[1] / 4:g},")
    assert {"tune", "hold", "x <1", "y"} <= {one.text for one in root.findall(f"{SVG}text")}


def test_points_stand_where_they_belong() -> None:
    plot = points("name", "Title", ("said", "was"), {"tune": [Value(1.0, 0.5, 1.0, place=0.25), Value(0.0, place=0.0)]})
    assert plot.alternative == "Title, said and was. tune: at 0.25 1.00 (0.50 to 1.00), at 0.00 0."
    root = ET.fromstring(plot.svg)
    places = [(float(one.get("cx") or 0), float(one.get("cy") or 0)) for one in root.findall(f"{SVG}circle")]
    (diagonal,) = [one for one in root.findall(f"{SVG}line") if one.get("stroke-dasharray")]
    x1, x2, y1, y2 = (float(diagonal.get(key) or 0) for key in ("x1", "x2", "y1", "y2"))
    assert places == [(x1 + (x2 - x1) / 4, y2), (x1, y1)]


def test_a_report_is_a_page_with_plots(tmp_path: Path) -> None:
    ids = split_ids()
    report = make_report(run(asked(ids["tune"], "ab"), asked(ids["hold"], "ba", confidence=0.95)))
    page, *pictures = write_report(report, tmp_path / "quality.md")
    text = page.read_text("utf-8")
    names = {"success-by-length.svg", "success-by-language.svg", "calibration.svg", "confusions.svg"}
    assert {path.name for path in pictures} == names
    for path in pictures:
        description = ET.fromstring(path.read_text("utf-8")).findtext(f"{SVG}desc")
        assert f"![{description}](plots/{path.name})" in text
    assert "Commit abc1234, index b0b0, model bag-of-terms, date 2026-11-30, asked all." in text
    assert machine() in text
    assert text.index("## tune\n\nWhat the ranking was fitted to") < text.index("## hold\n\nWhat nothing was fitted to")
    assert "| all | 1 | 1 | rapport | 0.000 (0.000–0.000) | 1.000 (1.000–1.000) |" in text
    assert f"| 1 | a | b | {ids['hold']} |" in text


def test_a_report_names_no_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "node", lambda: pytest.fail("the host's name was asked for"))
    assert " cores, " in machine()
