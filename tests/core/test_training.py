"""What the reading head learns from, the head itself on hand-made states, and its file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
import small

from rapport.content.catalogue import read_catalogue
from rapport.content.parts import load_parts, read_parts
from rapport.content.questions import read_stories
from rapport.errors import ContentError
from rapport.languages import LANGUAGES
from rapport.search.build import make_knowledge, read_inputs
from rapport.search.knowledge import NONE
from rapport.search.ranking import reading_logits
from rapport.search.reading import read_reading, reading_path, rounded, write_reading
from rapport.training.compose import compose
from rapport.training.examples import TOLD_TIMES, Example, make_examples, read_materials
from rapport.training.folds import FOLDS, fold_of
from rapport.training.head import fit_head, language_centres
from rapport.types import BankQuestion

if TYPE_CHECKING:
    from pathlib import Path

    from rapport.project import Project

CORE = "Der Kunde zahlt die Rechnung einfach nicht, was nun?"
PARTS = {
    "de": {
        "opening": ("Hallo zusammen,",),
        "background": ("Ich baue Websites.", "Mein Hund heißt Otto.", "Wir sitzen in Kiel."),
        "trouble": ("Der Drucker streikt.",),
        "ending": ("Danke!",),
    },
    "ja": {"opening": (), "background": ("大阪で働いています。",), "trouble": (), "ending": ("よろしく。",)},
}


def write_lines(path: Path, entries: list[object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries), "utf-8")


def test_composed_examples_hold_their_core_and_its_answer() -> None:
    cores = [
        BankQuestion("late-payment", "de", CORE),
        BankQuestion(None, "de", "Wie koche ich eine gute Suppe für acht?"),
    ]
    made = list(compose(cores, PARTS, 200, seed=1))
    assert len(made) == 200
    for example in made:
        core = cores[example.guide is None]
        assert core.text in example.text
        assert example.text != core.text
    assert 0 < sum(example.guide is None for example in made) < 60
    parts = [part for of in PARTS["de"].values() for part in of]
    assert all(any(part in one.text for one in made) for part in parts)
    assert made == list(compose(cores, PARTS, 200, seed=1)) != list(compose(cores, PARTS, 200, seed=2))


def test_bare_words_and_languages_without_parts_are_no_cores() -> None:
    assert not list(compose([BankQuestion("late-payment", "de", "Mahnung")], PARTS, 10, 0))
    assert not list(compose([BankQuestion("late-payment", "es", CORE)], PARTS, 10, 0))


def test_japanese_parts_are_joined_without_spaces() -> None:
    core = "お客様が請求書を払ってくれません。"
    (example,) = compose([BankQuestion("late-payment", "ja", core)], PARTS, 1, 0)
    assert " " not in example.text


def test_every_guide_gets_as_many_composed_examples() -> None:
    cores = [BankQuestion("a", "de", f"{CORE} {n}") for n in range(9)] + [BankQuestion("b", "de", CORE)]
    guides = [example.guide for example in compose(cores, PARTS, 40, 0)]
    assert guides.count("a") == guides.count("b") == 20


def test_a_long_core_takes_few_parts() -> None:
    long = " ".join(["Der Kunde zahlt nicht."] * 29)
    (example,) = compose([BankQuestion("a", "de", long)], PARTS, 1, 0)
    assert len(example.text) <= 720


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"kind": "background"}', "must hold `kind` and `text`"),
        ("[]", "must hold `kind` and `text`"),
        ("{", "is not JSON"),
        ('{"kind": "chorus", "text": "La"}', "unknown kind 'chorus'"),
        ('{"kind": "ending", "text": " "}', "`text` is missing or empty"),
        ('{"kind": "ending", "text": "Danke!"}', "the part stands already above"),
    ],
)
def test_a_wrong_part_is_told_with_its_line(project: Project, line: str, message: str) -> None:
    path = project.parts / "de.jsonl"
    write_lines(path, [{"kind": "ending", "text": "Danke!"}])
    path.write_text(path.read_text("utf-8") + line + "\n", "utf-8")
    _, problems = load_parts(project)
    (problem,) = [one for one in problems if one.path.endswith("de.jsonl")]
    assert problem.line == 2
    assert message in problem.message
    with pytest.raises(ContentError):
        read_parts(project)


def test_stories_are_read_and_refused_like_the_bank(project: Project) -> None:
    catalogue = read_catalogue(project)
    assert read_stories(project, catalogue) == []
    path = project.stories / "de.jsonl"
    write_lines(path, [{"guide": "late-payment", "text": "Seit  März offen."}, {"guide": None, "text": "Suppe"}])
    assert [(one.guide, one.lang, one.text) for one in read_stories(project, catalogue)] == [
        ("late-payment", "de", "Seit März offen."),
        (None, "de", "Suppe"),
    ]
    write_lines(path, [{"guide": "late", "text": "Seit März offen."}])
    with pytest.raises(ContentError, match=r"stories/de\.jsonl:1: no guide 'late' in the catalogue"):
        read_stories(project, catalogue)


def test_examples_hold_what_was_told_and_real_questions_of_tune_only(project: Project) -> None:
    write_lines(project.stories / "de.jsonl", [{"guide": "late-payment", "text": "Seit März ist die Rechnung offen."}])
    names = [f"de-real-{number}" for number in range(20)]
    entry = {"lang": "de", "kind": "real", "guide": "late-payment", "also": [], "section": None}
    write_lines(project.judged / "de.jsonl", [{"id": name, **entry, "text": f"Offen seit {name}."} for name in names])
    materials = read_materials(project)
    assert 0 < len(materials.real) < len(names)
    assert {one.split for one in materials.real} == {"tune"}
    examples = make_examples(materials, seed=0, composed=10)
    told = [example for example in examples if example.weight == TOLD_TIMES]
    assert [example.text for example in told] == [one.text for one in (*materials.stories, *materials.real)]
    assert [example.case for example in told] == ["", *(one.case for one in materials.real)]
    assert {fold_of(one.case) for one in materials.real} <= set(range(FOLDS))


def toy(count: int, seed: int) -> tuple[list[Example], list[np.ndarray]]:
    """Long texts of noise in which one piece tells the class; the mean of a text hardly does."""
    rng = np.random.default_rng(seed)
    examples, states = [], []
    for number in range(count):
        guide = (None, "a", "b")[number % 3]
        pieces = rng.normal(size=(rng.integers(20, 60), 16)).astype(np.float32)
        point = np.zeros(16, np.float32)
        point[("a", "b", None).index(guide)] = 8
        pieces[rng.integers(len(pieces))] = point + rng.normal(size=16, scale=0.3)
        examples.append(Example("de", str(number), guide))
        states.append(pieces.astype(np.float16))
    return examples, states


def test_the_head_learns_to_look_for_the_piece_that_counts() -> None:
    examples, states = toy(6_000, 0)
    centres = language_centres(examples, states)
    fit = fit_head(examples, states, ["b", "a", "c"], centres, seed=0)
    assert fit.head.classes == ("b", "a", NONE)
    assert fit.loss < 0.5
    unseen, their_states = toy(150, 1)
    right = [
        fit.head.classes[int(np.argmax(reading_logits(fit.head, one, LANGUAGES.index("de"))))]
        == (example.guide or NONE)
        for example, one in zip(unseen, their_states, strict=True)
    ]
    assert np.mean(right) > 0.95
    again = fit_head(examples, states, ["b", "a", "c"], centres, seed=0)
    assert np.array_equal(again.head.query, fit.head.query)


def test_nothing_to_tell_apart() -> None:
    with pytest.raises(ValueError, match="nothing to tell apart"):
        fit_head([Example("de", "x", None)], [np.zeros((2, 16), np.float32)], ["a"], np.zeros((5, 16), np.float32), 0)


def test_the_file_gives_the_head_back(project: Project) -> None:
    head = rounded(small.reading_head())
    write_reading(project, "some model", head, {"seed": 1})
    found = read_reading(project)
    assert found
    model, read = found
    assert model == "some model"
    assert read.classes == head.classes
    for name in ("query", "value", "mean", "bias", "centres"):
        assert np.array_equal(getattr(read, name), getattr(head, name)), name
    assert [path.name for path in project.search_index.iterdir() if path.name.startswith(".reading")] == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda entry: entry["arrays"].update(bias=entry["arrays"]["bias"][4:]), "does not match its checksum"),
        (lambda entry: entry.update(classes=["a"]), "is damaged"),
        (lambda entry: entry.pop("model"), "is damaged"),
        (lambda entry: entry.update(languages=["de", "it"]), "was made for de, it"),
    ],
)
def test_a_damaged_file_is_refused(project: Project, change: object, message: str) -> None:
    path = reading_path(project)
    entry = json.loads(path.read_text("utf-8"))
    change(entry)  # type: ignore[operator]
    path.write_text(json.dumps(entry), "utf-8")
    with pytest.raises(ContentError, match=message) as caught:
        read_reading(project)
    assert str(caught.value).startswith("search_index/reading.json: ")
    path.write_text("{", "utf-8")
    with pytest.raises(ContentError, match="is damaged"):
        read_reading(project)


def test_an_index_without_a_head_or_with_one_of_another_model_does_without(project: Project) -> None:
    said: list[str] = []
    write_reading(project, "another model", small.reading_head(), {})
    made = make_knowledge(read_inputs(project), small.embedding(), said.append)
    assert made.reading.classes == ()
    assert any("was trained for 'another model', not for 'bag-of-terms'" in line for line in said)
    reading_path(project).unlink()
    assert read_reading(project) is None
    assert make_knowledge(read_inputs(project), small.embedding(), small.quiet).reading.classes == ()
