"""Files saved and builds begun while another build reads: no index passes for newer than what it was made of."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
import small
from filelock import FileLock

from rapport.content import yaml
from rapport.errors import ContentError
from rapport.search import build
from rapport.search.build import build_index
from rapport.search.index import read_index

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rapport.project import Project
    from rapport.search.ask import Searcher

GUIDE = small.path_of("late-payment", "de")


def retitle(project: Project, title: str) -> None:
    path = project.root / GUIDE
    path.write_text(small.guide_text("late-payment", "de").replace(small.title("late-payment", "de"), title), "utf-8")


def title_of(project: Project) -> str:
    return read_index(project)[0].texts["late-payment", "de"].title


def test_a_file_saved_after_it_was_parsed_is_built_next_time(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    read = build.read_settings

    def saved_meanwhile(of: Project):  # type: ignore[no-untyped-def]
        retitle(project, "Neu gespeichert")  # guides are parsed before the settings
        return read(of)

    (project.search_index / "ranking.yml").write_text(
        (project.search_index / "ranking.yml").read_text("utf-8") + "# changed\n", "utf-8"
    )
    monkeypatch.setattr(build, "read_settings", saved_meanwhile)
    assert build_index(project, small.embedding(), small.quiet) is not None
    assert title_of(project) == small.title("late-payment", "de")
    monkeypatch.undo()
    assert build_index(project, small.embedding(), small.quiet) is not None
    assert title_of(project) == "Neu gespeichert"


SWITCHES, ASKS = 2, 40
"""In one round."""


def test_who_asks_while_builds_switch_is_answered(
    project: Project, reopen: Callable[[Project], Searcher], rounds: int
) -> None:
    over = threading.Event()
    titles, failures, asked = set(), [], 0

    def build_on() -> None:
        try:
            for number in range(SWITCHES * rounds):
                retitle(project, f"Titel {number}")
                assert build_index(project, small.embedding(), small.quiet) is not None
        except BaseException as error:
            failures.append(error)
        finally:
            over.set()

    builder = threading.Thread(target=build_on)
    builder.start()
    while not over.is_set() or asked < ASKS * rounds:
        hit = reopen(project).ask("Der Kunde zahlt zu spät", "de").hits[0]
        assert hit.guide == "late-payment"
        titles.add(hit.title)
        asked += 1
    builder.join()
    assert not failures
    assert f"Titel {SWITCHES * rounds - 1}" in titles
    print(f"\n{asked} asks over {SWITCHES * rounds} switches, {len(titles)} indexes seen")


def test_a_build_that_waited_reads_what_is_there_when_its_turn_comes(project: Project) -> None:
    waits = threading.Event()
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        waits.set()

    with FileLock(project.search_index / ".build.lock"):
        waiting = threading.Thread(target=build_index, args=(project, small.embedding(), say))
        waiting.start()
        assert waits.wait(10)
        assert said == ["another build is at work here: waiting for its end"]
        retitle(project, "Neu gespeichert")
    waiting.join()
    assert title_of(project) == "Neu gespeichert"
    assert build_index(project, small.embedding(), small.quiet) is None


def test_a_file_that_changes_between_two_readings_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_text("a: 1\n", "utf-8")
    with yaml.recorded() as read:
        yaml.read_yaml(path, "a.yml")
        yaml.read_yaml(path, "a.yml")
        path.write_text("a: 2\n", "utf-8")
        with pytest.raises(ContentError, match=r"^a\.yml: has changed while it was being read; run the command again$"):
            yaml.read_yaml(path, "a.yml")
    assert list(read) == [path]


def test_a_damaged_build_in_use_stands_until_the_new_one_does(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rapport.search import index

    damaged = index.current_build(project)
    (damaged / "head.npz").write_bytes(b"")
    pointer = (project.search_index / "current").read_bytes()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(index, "_switch", killed)
    with pytest.raises(KeyboardInterrupt):
        build_index(project, small.embedding(), small.quiet)
    assert (project.search_index / "current").read_bytes() == pointer
    assert damaged.is_dir()
    monkeypatch.undo()
    made = build_index(project, small.embedding(), small.quiet)
    assert made is not None
    assert made != damaged
    assert title_of(project) == small.title("late-payment", "de")
    assert build_index(project, small.embedding(), small.quiet) is None
