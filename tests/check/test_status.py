"""Which guide is where, and the table of it."""

from __future__ import annotations

import re

import pytest
from sample import THEMES, path_of

from rapport.content.catalogue import read_catalogue
from rapport.content.guides import read_guide
from rapport.content.status import State, render, state_of, status
from rapport.errors import ContentError
from rapport.languages import LANGUAGES


def edit(project, path, pattern, by):
    file = project.root / path
    file.write_text(re.sub(pattern, by, file.read_text("utf-8")), "utf-8")


def test_every_state(project):
    edit(project, path_of("invoice-not-understood", "es"), "translated: .*", "translated: 0a0a0a0a0a0a")
    edit(project, path_of("invoice-not-understood", "ru"), "translated: .*\n", "")
    edit(project, path_of("invoice-not-understood", "nl"), "reviewed: .*\n", "")
    (project.root / path_of("invoice-not-understood", "ja")).unlink()
    rows = status(project)
    assert [(row.guide, row.lang) for row in rows] == [(guide, lang) for guide in THEMES for lang in LANGUAGES]
    assert [(row.lang, row.state, row.reviewed) for row in rows[:5]] == [
        ("es", State.BEHIND, "2026-05-01"),
        ("ru", State.UNCHECKED, "2026-05-01"),
        ("ja", State.MISSING, ""),
        ("nl", State.CURRENT, ""),
        ("de", State.SOURCE, "2026-05-01"),
    ]
    assert render(rows).split("\n") == [
        "guide                   es       ru         ja       nl         de",
        "invoice-not-understood  behind   unchecked  missing  current *  source",
        "late-payment            source   current    current  current    current",
        "leave-early             missing  missing    missing  missing    missing",
        "",
        "source                  1        0          0        0          1",
        "current                 0        1          1        2          1",
        "behind                  1        0          0        0          0",
        "unchecked               0        1          0        0          0",
        "missing                 1        1          2        1          1",
        "* not reviewed          0        0          0        1          0",
    ]
    assert "leave-early" not in render(rows, written_only=True)


def test_the_catalogue_says_which_version_is_the_source(project):
    path = path_of("invoice-not-understood", "es")
    edit(project, path, "source: .*", "source: es")
    catalogue = read_catalogue(project)
    source = read_guide(project, path_of("invoice-not-understood", catalogue.guides["invoice-not-understood"].source))
    assert state_of(source, source) is State.SOURCE
    assert state_of(read_guide(project, path), source) is State.CURRENT
    edit(project, path, "translated: .*", "translated: 0a0a0a0a0a0a")
    assert state_of(read_guide(project, path), source) is State.BEHIND
    assert state_of(source, None) is State.UNCHECKED
    assert state_of(None, source) is State.MISSING


def test_a_translation_without_its_source_is_unchecked(project):
    (project.root / path_of("late-payment", "es")).unlink()
    states = {row.lang: row.state for row in status(project) if row.guide == "late-payment"}
    assert states["es"] is State.MISSING
    assert {states[lang] for lang in LANGUAGES if lang != "es"} == {State.UNCHECKED}


def test_an_unreadable_guide_is_an_error(project):
    (project.root / path_of("late-payment", "es")).write_bytes(b"\xff")
    with pytest.raises(ContentError, match=r"docs/es/money/late-payment.md:1"):
        status(project)
