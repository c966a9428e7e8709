"""What the site is made from, as one hash: an unchanged site need not be built again."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rapport.project import Project

RECORD = ".site-inputs"
"""Beside the site, so that it is not published: what it was made from, and what it consisted of then."""

_FILES = ("mkdocs.yml", "rapport.toml", "NOTICE", "package-lock.json", "search_index/current")
_FOLDERS = ("docs", "i18n", "content", "theme")
_VARIABLES = ("RAPPORT_SITE_URL", "RAPPORT_OFFLINE")
_LIBRARIES = ("mkdocs", "mkdocs-material", "mkdocs-static-i18n", "Markdown", "budoux", "babel", "Jinja2")


def site_inputs(project: Project) -> str:
    """Hash of every file, setting and line of program that decides what the site holds.

    Of the index its name, which is a hash itself.
    """
    digest = hashlib.sha256()
    for name in _VARIABLES:
        digest.update(f"{name}={os.environ.get(name)}\n".encode())
    for name in _LIBRARIES:
        digest.update(f"{name} {importlib.metadata.version(name)}\n".encode())
    program = Path(__file__).parents[1]
    for root, path in (*_inputs(project), *((program, path) for path in sorted(program.rglob("*.py")))):
        digest.update(
            f"{path.relative_to(root).as_posix()}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode()
        )
    return digest.hexdigest()


def _inputs(project: Project) -> Iterator[tuple[Path, Path]]:
    root = project.root
    found = [root / name for name in _FILES]
    for folder in _FOLDERS:
        found += sorted((root / folder).rglob("*"))
    yield from ((root, path) for path in found if path.is_file())


def is_current(project: Project, inputs: str) -> bool:
    """Whether the site was made from these inputs, and no file of it has changed since."""
    try:
        told = json.loads((project.root / RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return bool(told == _description(project, inputs))


def record(project: Project, inputs: str) -> None:
    """Note what the site that is in place was made from."""
    (project.root / RECORD).write_text(json.dumps(_description(project, inputs)) + "\n", "utf-8")


def _description(project: Project, inputs: str) -> dict[str, str]:
    digest = hashlib.sha256()
    for path in sorted(project.site.rglob("*")):
        if path.is_file():
            stat = path.stat()
            digest.update(f"{path.relative_to(project.site)}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return {"inputs": inputs, "site": digest.hexdigest()}
