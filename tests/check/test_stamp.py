"""`stamp` changes one value in a file and nothing else."""

from __future__ import annotations

import re

import pytest
from sample import TODAY, path_of

from rapport.check import check, stamp
from rapport.content.guides import read_guide
from rapport.content.scaffold import new_guide
from rapport.content.status import source_hash
from rapport.errors import ContentError, UsageError
from rapport.languages import LANGUAGES

DE = path_of("invoice-not-understood", "de")
NL = path_of("invoice-not-understood", "nl")


def change_source(project) -> str:
    path = project.root / DE
    path.write_text(path.read_text("utf-8").replace("Heute sprechen", "Heute reden", 1), "utf-8")
    return source_hash(read_guide(project, DE))


def test_a_behind_translation_becomes_current(project):
    current = change_source(project)
    before = (project.root / NL).read_bytes()
    assert stamp(project, [NL]) == [NL]
    assert (project.root / NL).read_bytes() == re.sub(rb"translated: \w+", f"translated: {current}".encode(), before)
    behind = [problem.path for problem in check(project, TODAY) if problem.message.startswith("behind")]
    assert NL not in behind
    assert len(behind) == 3


def test_a_second_time_changes_nothing(project):
    change_source(project)
    stamp(project, [NL])
    stamped = (project.root / NL).stat().st_mtime_ns
    assert stamp(project, [NL, str(project.root / NL)]) == []
    assert (project.root / NL).stat().st_mtime_ns == stamped


@pytest.mark.parametrize("value", ["0123456789ab # note", '"0123456789ab"', "'0'", "", "0123456789ab   "])
def test_any_way_to_write_the_old_value(project, value):
    path = project.root / NL
    path.write_text(re.sub("translated: .*", f"translated: {value}", path.read_text("utf-8")), "utf-8")
    assert stamp(project, [path]) == [NL]
    assert read_guide(project, NL).translated == source_hash(read_guide(project, DE))
    assert ("# note" in path.read_text("utf-8")) == ("# note" in value)


def test_a_missing_key_comes_after_source_and_line_ends_stay(project):
    path = project.root / NL
    original = path.read_text("utf-8")
    without = re.sub("translated: .*\n", "", original)
    for start, end in (("", "\n"), ("\ufeff", "\r\n")):
        path.write_bytes((start + without.replace("\n", end)).encode())
        assert stamp(project, [NL]) == [NL]
        assert path.read_bytes() == (start + original.replace("\n", end)).encode()


def test_files_in_their_source_language_are_passed_over(project):
    change_source(project)
    paths = [path_of("invoice-not-understood", lang) for lang in ("de", "es", "ja")]
    assert stamp(project, paths) == paths[1:]
    with pytest.raises(UsageError, match="in its source language"):
        stamp(project, [DE])


def test_refusals_leave_every_file_alone(project):
    change_source(project)
    before = (project.root / NL).read_bytes()
    for bad in ("docs/nl/about.md", "docs/nl/money/nothing.md", "README.md"):
        with pytest.raises(UsageError):
            stamp(project, [NL, bad])
    (project.root / DE).write_bytes(b"\xff")
    with pytest.raises(ContentError, match="is not UTF-8"):
        stamp(project, [NL])
    assert (project.root / NL).read_bytes() == before


def test_what_is_not_written_is_not_stamped(project):
    """Neither a skeleton, which is passed over, nor what still waits for words, be it in the source."""
    for lang in ("nl", "es"):
        (project.root / path_of("invoice-not-understood", lang)).unlink()
    new_guide(project, "money", "invoice-not-understood", ["nl", "es"])
    es = path_of("invoice-not-understood", "es")
    current = change_source(project)
    paths = [path_of("invoice-not-understood", lang) for lang in LANGUAGES]
    assert stamp(project, paths) == [path_of("invoice-not-understood", lang) for lang in ("ru", "ja")]
    with pytest.raises(UsageError, match="is an empty skeleton and follows nothing; name the translations"):
        stamp(project, [NL])
    path = project.root / es
    path.write_text(path.read_text("utf-8").replace("summary: …", "summary: Una."), "utf-8")
    with pytest.raises(ContentError, match=rf"^{es}:5: placeholder text '…'; write what belongs there"):
        stamp(project, [es])
    assert current not in path.read_text("utf-8")
    source = project.root / DE
    source.write_text(source.read_text("utf-8").replace("Heute reden", "TODO", 1), "utf-8")
    with pytest.raises(ContentError, match=rf"^{DE}:3: placeholder text 'TODO'"):
        stamp(project, [path_of("invoice-not-understood", "ru")])
