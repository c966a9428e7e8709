"""Room on disks: looked at before long work begins, and told plainly where it ran out."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from rapport.errors import RapportError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ELSEWHERE = "make room, or name a folder on another disk with RAPPORT_CACHE"
_TOLD = ("no space left on device", "disk quota exceeded", "(os error 28)", "errno 28")


def require_room(
    folder: Path, needed: int, what: str, free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free
) -> None:
    """RapportError where fewer bytes are free on the folder's disk than `what` needs. The folder may not exist yet."""
    there = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    if (left := free(there)) < needed:
        raise RapportError(
            f"{what} needs {in_words(needed)} on this disk, {in_words(left)} are free",
            where=folder,
            mend=ELSEWHERE,
        )


def in_words(size: int) -> str:
    """Bytes as people say them: `600 MB`, `2.2 GB`."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def size_of(path: Path) -> int:
    """Bytes in a file, or in all files below a folder; links are not followed."""
    files = path.rglob("*") if path.is_dir() and not path.is_symlink() else [path]
    return sum(file.lstat().st_size for file in files if file.is_symlink() or file.is_file())


def tells_full(words: str) -> bool:
    """Whether words of another program, or of a library in C++ or Rust, say that a disk is full."""
    return any(told in words.lower() for told in _TOLD)
