"""A small project with a built index, and the real one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import small

from rapport.project import Project, open_project
from rapport.search.ask import Searcher, open_searcher
from rapport.search.build import build_index
from rapport.search.index import read_index

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The small project with its index, shared: nobody changes it."""
    project = small.lay_down(tmp_path_factory.mktemp("small"))
    build_index(project, small.embedding(), small.quiet)
    return project


@pytest.fixture
def project(built: Project, tmp_path: Path) -> Project:
    """A copy of it, to be changed at will."""
    shutil.copytree(built.root, tmp_path / "copy")
    return open_project(tmp_path / "copy")


@pytest.fixture(scope="session")
def searcher(built: Project) -> Searcher:
    """Asks the small project."""
    return ask_small(built)


def ask_small(project: Project) -> Searcher:
    knowledge, _ = read_index(project)
    return Searcher(knowledge, small.BagOfTerms())


@pytest.fixture
def reopen() -> Callable[[Project], Searcher]:
    """Load the index of a small project anew."""
    return ask_small


@pytest.fixture(scope="session")
def real() -> Project:
    """This checkout, with the index that `rapport build` made."""
    return open_project(ROOT)


@pytest.fixture(scope="session")
def real_searcher(real: Project) -> Searcher:
    """Asks this checkout, with the real model."""
    return open_searcher(real)
