"""Keep the user's cache small: what earlier versions and other models left there goes when long unused."""

from __future__ import annotations

import os
import re
import shutil
import time
from typing import TYPE_CHECKING

from rapport.disk import size_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

UNUSED_DAYS = 30
"""Another checkout may be of another version and have its own model here: what it builds with stays."""

HALF_MADE_HOURS = 24

# all that this program ever put there; nothing else is touched
_RECIPE = re.compile(r"multilingual-e5-small-[0-9a-f]{8}-\d+")
_QUESTION = re.compile(r"question(-[a-z]+)+")
_VECTORS = re.compile(r"[0-9a-f]{16,64}-((questions|passages)\.(npz|vectors|lock)|corpus\.npy)")
_HALF_MADE = re.compile(
    r"\.(fetch|full|question|fingerprints)[a-z-]*-[a-z0-9_]{8}|\.[0-9a-f]{16,64}-(questions|passages)-[a-z0-9_]{8}\.npz"
)


def forget_unused(cache: Path, used: Iterable[Path], say: Callable[[str], None]) -> None:
    """Mark what is `used` as used now, remove what nobody has used for `UNUSED_DAYS`, and say so.

    `used` are folders of recipes and of small copies, and files of vectors, below `cache`.
    """
    now = time.time()
    kept = {path for path in used if path.exists()}
    for path in kept:
        os.utime(path)
    for path, days in _ours(cache):
        try:
            age = now - path.stat().st_mtime
            if path in kept or age < days * 86_400:
                continue
            size = size_of(path)
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        except OSError:  # another build is at it
            continue
        if size:
            say(f"removed from the cache, unused for {age / 86_400:.0f} days: {path} ({size / 1e6:.1f} MB)")


def list_cache(cache: Path) -> list[tuple[Path, int, str]]:
    """All that this program has put below `cache`, with its size in bytes and what it is."""
    return [(path, size_of(path), what) for path, what in _whole(cache)]


def clear_cache(cache: Path) -> list[tuple[Path, int, str]]:
    """Remove all of it, and nothing that is not ours; gives what was removed, as `list_cache`."""
    found = list_cache(cache)
    for path, _, _ in found:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for folder in (cache / "models", cache / "vectors", cache):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    return found


def _whole(cache: Path) -> Iterator[tuple[Path, str]]:
    for path in _below(cache / "models", _RECIPE):
        yield path, "the embedding model, as fetched, unpacked and made small"
    for path in _below(cache / "vectors", _VECTORS):
        yield path, "vectors of texts" if path.suffix != ".lock" else "lock of vectors"
    for folder in (cache, cache / "vectors"):
        for path in _below(folder, _HALF_MADE):
            yield path, "half made"


def _ours(cache: Path) -> Iterator[tuple[Path, float]]:
    """What this program made below `cache`, and the days it may stay there unused."""
    recipes = _below(cache / "models", _RECIPE)
    for folder in (cache, *recipes, cache / "vectors"):
        for path in _below(folder, _HALF_MADE):
            yield path, HALF_MADE_HOURS / 24
    copies = (copy for recipe in recipes for copy in _below(recipe, _QUESTION))
    for path in (*recipes, *copies, *_below(cache / "vectors", _VECTORS)):
        yield path, UNUSED_DAYS


def _below(folder: Path, name: re.Pattern[str]) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if name.fullmatch(path.name) and not path.is_symlink())
