"""Files in `docs/`: which are ours, neither left behind by editors nor leading elsewhere; how large images are."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from rapport.content.problem import Problem
from rapport.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rapport.project import Project

IMAGES = "assets/images"
"""Where images lie, below `docs/`."""

IMAGE_TYPES = (".png", ".jpg", ".jpeg")

_LEFT_BEHIND = ("~", ".bak", ".orig", ".rej", ".swp", ".tmp")
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG after which its size stands."""
_BARE_MARKERS = {0x01, *range(0xD0, 0xD9)}
"""Markers that nothing follows."""


def is_ours(path: Path, docs: Path) -> bool:
    """Whether a file in `docs` is one that somebody wrote there: a real one, in real folders, and no editor's own."""
    inside = path.relative_to(docs)
    places = [docs.joinpath(*inside.parts[:end]) for end in range(1, len(inside.parts) + 1)]
    left = inside.name.endswith(_LEFT_BEHIND) or inside.name.startswith("#")
    hidden = any(part.startswith(".") for part in inside.parts)
    return path.is_file() and not left and not hidden and not any(place.is_symlink() for place in places)


def file_problems(project: Project) -> Iterator[Problem]:
    """Links to elsewhere, and what has the name of a page but is none, in `docs/`."""
    for path in sorted(project.docs.rglob("*")):
        if any(part.startswith(".") for part in path.relative_to(project.docs).parts):
            continue
        where = project.show(path)
        if path.is_symlink():
            yield Problem(where, 1, "is a link to another place", "put the file itself there")
        elif path.suffix.lower() == ".md" and not path.is_file():
            yield Problem(where, 1, "has the name of a page and is no file", "give it another name")
        elif path.suffix.lower() == ".md" != path.suffix:
            yield Problem(where, 1, "is no page by its name", "let it end in .md")


def image_files(project: Project) -> Iterator[Path]:
    """The images that texts may show, sorted; whether each can be shown, `image_size` tells."""
    for path in sorted((project.docs / IMAGES).glob("*")):
        if path.suffix in IMAGE_TYPES and is_ours(path, project.docs):
            yield path


def image_size(path: Path, where: str) -> tuple[int, int]:
    """Width and height in pixels of a PNG or JPEG; ContentError where it is neither."""
    try:
        data = path.read_bytes()
        if data.startswith(_PNG):
            width, height = struct.unpack(">II", data[16:24])
        else:
            height, width = _jpeg_size(data)
    except (OSError, ValueError, struct.error) as error:
        raise ContentError("is no image that can be shown", where=where, mend="save it as PNG or JPEG") from error
    return width, height


def _jpeg_size(data: bytes) -> tuple[int, int]:
    if not data.startswith(b"\xff\xd8"):
        raise ValueError("no JPEG")
    at = 2
    while True:
        mark, kind = struct.unpack(">BB", data[at : at + 2])
        if mark != 0xFF:
            raise ValueError("no marker")
        if kind in _JPEG_SIZES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return height, width
        at += 1 if kind == 0xFF else 2 if kind in _BARE_MARKERS else 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
