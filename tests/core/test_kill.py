"""A build killed at any moment leaves the old index usable, and the next build works and tidies up."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import small

from rapport.search.build import build_index, inputs_name, is_current, read_inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rapport.project import Project
    from rapport.search.ask import Searcher

SCRIPT = Path(__file__).with_name("build_slowly.py")
KILLS = 10
"""In one round."""


class Builder:
    """The script beside this file, at work."""

    def __init__(self) -> None:
        command = [sys.executable, str(SCRIPT)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def build(self, root: Path, kill_after: float | None = None) -> int:
        """Exit status of a build, −9 where it was killed before its end."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{root}\n")
        self.process.stdin.flush()
        child = int(self.process.stdout.readline())
        if kill_after is not None:
            time.sleep(kill_after)
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        return int(self.process.stdout.readline())


@pytest.fixture
def builder() -> Iterator[Builder]:
    builder = Builder()
    yield builder
    builder.process.communicate()


def change(project: Project, number: int) -> None:
    """Make every text of one guide new, so that a build has something to do from end to end."""
    path = project.root / small.path_of("late-payment", "de")
    path.write_text(small.guide_text("late-payment", "de") + f"\nNummer {number}.\n", "utf-8")


def test_killed_at_many_moments(
    builder: Builder, project: Project, reopen: Callable[[Project], Searcher], rounds: int
) -> None:
    kills = KILLS * rounds
    assert builder.build(project.root) == 0
    change(project, -1)
    began = time.monotonic()
    assert builder.build(project.root) == 0
    took = time.monotonic() - began

    chance = random.Random(20261121)
    killed = tries = 0
    while killed < kills:
        assert tries < 5 * kills, "builds end before they can be killed"
        change(project, tries)
        tries += 1
        began = time.monotonic()
        status = builder.build(project.root, kill_after=took * (killed + chance.random()) / kills)
        assert status in (0, -signal.SIGKILL)
        if status:
            killed += 1
        else:  # quicker than the first one, on a machine that has come to rest
            took = min(took, time.monotonic() - began)
        answer = reopen(project).ask("Der Kunde zahlt zu spät")
        assert (answer.outcome.value, answer.hits[0].guide) == ("answered", "late-payment")

    change(project, tries)
    build_index(project, small.embedding(cache=project.root / "cache"), small.quiet)
    assert is_current(project, inputs_name(read_inputs(project), small.RECORD))
    builds = project.search_index / "builds"
    assert [path.name for path in builds.iterdir() if not (path / "manifest.json").is_file()] == []
    assert len(list(builds.iterdir())) == 2
    assert sorted(path.name for path in project.search_index.iterdir()) == [
        ".build.lock", "builds", "current", "ranking.yml", "reading.json",
    ]  # fmt: skip


def test_what_a_killed_build_leaves_is_tidied_up(project: Project) -> None:
    builds = project.search_index / "builds"
    for name in (".part-x", ".part-y/abc", "0123456789abcdef"):
        (builds / name).mkdir(parents=True)
        (builds / name / "rows.npz").write_text("half", "utf-8")
    (project.search_index / ".current-1").write_text("half", "utf-8")
    change(project, 0)
    made = build_index(project, small.embedding(), small.quiet)
    assert made is not None
    left = [path for path in builds.iterdir() if path != made]
    assert len(left) == 1
    assert (left[0] / "manifest.json").is_file()
    assert not (project.search_index / ".current-1").exists()
