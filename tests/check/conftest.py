from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import sample

from rapport.project import open_project

if TYPE_CHECKING:
    from rapport.project import Project


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The sample, shared: a test that changes a file puts it back."""
    return sample.lay_down(tmp_path_factory.mktemp("sound"))


@pytest.fixture
def project(sound, tmp_path) -> Project:
    """A copy of the sample, for a test that changes more."""
    shutil.copytree(sound.root, tmp_path, dirs_exist_ok=True)
    return open_project(tmp_path)
