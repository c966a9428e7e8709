"""Runs of judged questions: chosen, kept, written for TREC's tools, and compared."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import ir_measures
import pytest
from invented import MADE, WRITTEN, asked, run, split_ids
from scipy.stats import binomtest

from rapport.errors import ContentError, UsageError
from rapport.lab.compare import compare, render, sign_test, signs
from rapport.lab.measures import RANKING, question_values
from rapport.lab.runs import OWN, Asked, Choice, Result, Run, choose, read_run, save_run, write_trec
from rapport.search.answer import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def only_own(kept: Run) -> Run:
    asked_of = (Asked(one.question, {OWN: one.results[OWN]}) for one in kept.asked)
    return Run(kept.made_with, kept.written, tuple(asked_of))


def test_a_choice_narrows_what_is_asked() -> None:
    ids = split_ids()
    questions = [asked(ids["tune"], "a").question, asked(ids["hold"], "a", kind="long").question]
    assert choose(questions, Choice()) == questions
    assert choose(questions, Choice(splits=("tune",))) == questions[:1]
    assert choose(questions, Choice(kinds=("long", "rough"))) == questions[1:]
    assert choose(questions, Choice(languages=("nl",), kinds=("short",))) == questions[:1]
    with pytest.raises(UsageError, match="no judged question is left"):
        choose(questions, Choice(languages=("de",)))
    assert (str(Choice()), str(Choice(("tune",), ("long", "rough"), ("nl",)))) == ("all", "tune long rough nl")


def test_a_kept_run_comes_back(tmp_path: Path) -> None:
    kept = run(
        asked("nl-1", "bac", also="c", section="why", opens="signs", confidence=0.25, text="Größe, 請求書"),
        asked("ja-2", "ab", None, kind="none", outcome=Outcome.NOTHING),
    )
    save_run(kept, tmp_path / "run.jsonl")
    assert read_run(tmp_path / "run.jsonl") == only_own(kept)
    lines = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text("utf-8").splitlines()]
    assert lines[0] == {"format": 1, "made_with": MADE, "written": sorted(WRITTEN)}
    assert [line["ranking"] for line in lines[1:]] == [[["b", 3.0], ["a", 2.0], ["c", 1.0]], [["a", 2.0], ["b", 1.0]]]


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (lambda lines: [], 1, "is not a run of this version"),
        (lambda lines: lines[1:], 1, "is not a run of this version"),
        (lambda lines: [lines[0].replace('"format": 1', '"format": 0'), *lines[1:]], 1, "is not a run of this version"),
        (lambda lines: lines[:1], 1, "holds no question"),
        (lambda lines: [*lines, lines[1]], 3, "'nl-1' stands twice"),
        (lambda lines: [lines[0], lines[1][:-5]], 2, "is not JSON"),
        (lambda lines: [lines[0], lines[1].replace('"kind"', '"kinds"')], 2, "is damaged"),
        (lambda lines: [lines[0], lines[1].replace('"answered"', '"maybe"')], 2, "is damaged"),
        (lambda lines: [lines[0], lines[1].replace('["a", 2.0]', '["a"]')], 2, "is damaged"),
        (lambda lines: [lines[0], lines[1].replace('"nl-1", "lang"', '[], "lang"')], 2, "is damaged"),
        (lambda lines: [lines[0].replace("written", "wrote"), lines[1]], 1, "is damaged"),
    ],
)
def test_a_damaged_run_is_refused_with_its_line(
    tmp_path: Path, change: Callable[[list[str]], list[str]], line: int, message: str
) -> None:
    path = tmp_path / "run.jsonl"
    save_run(run(asked("nl-1", "ab")), path)
    lines = path.read_text("utf-8").splitlines()
    assert change(lines) != lines
    path.write_text("\n".join(change(lines)), "utf-8")
    with pytest.raises(ContentError) as caught:
        read_run(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert message in str(caught.value)


def test_trec_files_give_the_same_figures(tmp_path: Path) -> None:
    """Read by ir-measures itself; equal scores keep our order, whatever the names of the guides."""
    tied = Asked(asked("nl-3", "a").question, {OWN: Result((("b", 0.5), ("a", 0.5), ("c", 0.5)))})
    kept = only_own(run(asked("nl-1", "abc"), asked("nl-2", "bca", also="b"), tied, asked("nl-4", "ab", None)))
    write_trec(kept, tmp_path / "trec")
    qrels = list(ir_measures.read_trec_qrels(str(tmp_path / "trec" / "qrels.txt")))
    found = list(ir_measures.read_trec_run(str(tmp_path / "trec" / "run.txt")))
    assert sorted((one.query_id, one.doc_id, one.relevance) for one in qrels) == [
        ("nl-1", "a", 2),
        ("nl-2", "a", 2),
        ("nl-2", "b", 1),
        ("nl-3", "a", 2),
    ]
    values = question_values(kept)
    for name, measure in RANKING.items():
        theirs = {one.query_id: one.value for one in ir_measures.iter_calc([measure], qrels, found)}
        assert theirs == pytest.approx(values[name]), name
    assert values["mrr@10"]["nl-3"] == 0.5
    lines = (tmp_path / "trec" / "run.txt").read_text("utf-8").splitlines()
    assert lines[0] == "nl-1 Q0 a 1 3 rapport"
    assert [line.split()[2:4] for line in lines if line.startswith("nl-3")] == [["b", "1"], ["a", "2"], ["c", "3"]]


def test_trec_files_of_every_system(tmp_path: Path) -> None:
    paths = write_trec(run(asked("nl-1", "ab", bm25="ba")), tmp_path)
    assert [path.name for path in paths] == ["qrels.txt", "run.txt", "run-bm25.txt"]
    assert (tmp_path / "run-bm25.txt").read_text("utf-8") == "nl-1 Q0 b 1 2 bm25\nnl-1 Q0 a 2 1 bm25\n"
    with pytest.raises(UsageError, match="has a space"):
        write_trec(run(asked("nl-1 2", "ab")), tmp_path)


def test_two_runs_are_compared_question_by_question() -> None:
    """Two better, one worse, one as it was; left out: one in other words, one for another guide, one that is new."""
    old = run(
        asked("nl-1", "ba"),
        asked("nl-2", "ba"),
        asked("nl-3", "ab"),
        asked("nl-4", "ab"),
        asked("nl-5", "ab", text="in other words"),
        asked("nl-7", "ab", None, outcome=Outcome.NOTHING),
        asked("nl-8", "ab", "b"),
    )
    new = run(
        asked("nl-1", "ab"),
        asked("nl-2", "ab"),
        asked("nl-3", "ba"),
        asked("nl-4", "ab", outcome=Outcome.NOTHING),
        asked("nl-5", "ab"),
        asked("nl-6", "ab"),
        asked("nl-7", "ba", None),
        asked("nl-8", "ab", "a"),
        made={**MADE, "commit": "def"},
    )
    found = compare(old, new)
    assert (found.questions, found.left_out) == (5, 3)
    changes = {one.measure: one for one in found.changes}
    first = changes["success@1"]
    assert (first.old, first.new, first.difference.value, first.better, first.worse) == (0.5, 0.75, 0.25, 2, 1)
    assert first.difference.low < 0.25 < first.difference.high
    assert (changes["success@3"].better, changes["success@3"].worse) == (0, 0)
    refused, falsely = changes["refused"], changes["refused_falsely"]
    assert (refused.difference.value, refused.better, refused.worse) == (-1.0, 0, 1)
    assert (falsely.difference.value, falsely.better, falsely.worse) == (0.25, 0, 1)  # higher, and so worse
    assert found.p == 1.0
    assert [(one.question, one.right, one.old, one.new, one.was_right, one.is_right) for one in found.moved] == [
        ("nl-1", "a", "b", "a", False, True),
        ("nl-2", "a", "b", "a", False, True),
        ("nl-3", "a", "a", "b", True, False),
        ("nl-7", "", "a", "b", False, False),
    ]
    text = render(found)
    assert "5 questions compared, 3 left out" in text
    assert "b → a ✓" in text
    assert json.loads(found.to_json())["changes"][0]["difference"]["value"] == 0.25


def test_both_runs_are_judged_as_the_newer_one_and_on_what_was_written_both_times() -> None:
    old = run(asked("nl-1", "ba"), asked("nl-2", "c", "c", outcome=Outcome.NOTHING), written=frozenset("a"))
    new = run(asked("nl-1", "ba", also="b"), asked("nl-2", "c", "c"), written=frozenset("ac"))
    changes = {one.measure: one for one in compare(old, new).changes}
    assert (changes["success@1"].old, changes["success@1"].new) == (1, 1)
    assert changes["refused_falsely"].difference.questions == 1
    assert "told_unwritten" not in changes  # as the second guide was told to be, and rightly


def test_runs_without_a_common_question_cannot_be_compared() -> None:
    with pytest.raises(UsageError, match="share no question"):
        compare(run(asked("nl-1", "a")), run(asked("nl-2", "a")))


def test_the_sign_test() -> None:
    """Known values: 2·(1 + 10)/2¹⁰ for nine against one; nothing that differs proves nothing."""
    assert sign_test(0, 0) == 1
    assert sign_test(1, 1) == 1
    assert sign_test(5, 0) == sign_test(0, 5) == 2 / 32
    assert sign_test(9, 1) == 22 / 1024
    for rose, fell in ((3, 8), (20, 31), (400, 300)):
        assert sign_test(rose, fell) == pytest.approx(binomtest(rose, rose + fell).pvalue)


def test_versions_of_a_case_have_one_vote() -> None:
    gains = {"nl-1": 1.0, "de-1": 1.0, "ja-1": -1.0, "nl-2": -1.0, "nl-3": 0.0, "nl-4": 1.0, "de-4": -1.0}
    assert signs(gains, {name: name[3:] for name in gains}) == (1, 1)
