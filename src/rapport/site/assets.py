"""Addresses of the site's own files: styles, scripts, pictures."""

from __future__ import annotations

import hashlib
import re
from functools import cached_property
from typing import TYPE_CHECKING

from rapport.errors import ContentError

if TYPE_CHECKING:
    from pathlib import Path

SCRIPTS = "assets/javascripts"
"""All scripts of the site, below `docs/`. They import each other, so their folder carries one hash over them all: a
page of one release never runs a script of another."""

SCRIPT_NAME = re.compile(r"([a-z][a-z0-9-]*/)*[a-z][a-z0-9-]*\.js")
"""Addresses of scripts below their folder that the browser accepts from a release (`release.js`)."""


class Assets:
    """Addresses of the site's own files, with a piece of their hash, so that a host may let browsers keep them."""

    def __init__(self, docs: Path) -> None:
        """`docs`: the folder that holds `assets/`."""
        self._docs = docs
        self._known: dict[str, str] = {}

    def address(self, path: str) -> str:
        """`assets/stylesheets/site.css` to the same with `?v=` and eight hex digits; scripts to where they are put."""
        if path.startswith(f"{SCRIPTS}/"):
            if path.removeprefix(f"{SCRIPTS}/") not in self.scripts:
                raise self._unreadable(path)
            return self.placed(path)
        if path not in self._known:
            try:
                digest = hashlib.sha256((self._docs / path).read_bytes()).hexdigest()
            except OSError as error:
                raise self._unreadable(path) from error
            self._known[path] = f"{path}?v={digest[:8]}"
        return self._known[path]

    def holds(self, path: str) -> bool:
        """Whether there is such a file."""
        return (self._docs / path).is_file()

    @staticmethod
    def _unreadable(path: str) -> ContentError:
        return ContentError("is named by a template but cannot be read", where=f"docs/{path}", mend="add the file")

    @cached_property
    def scripts(self) -> list[str]:
        """Paths of all scripts below their folder, in order; ContentError where browsers would refuse one's name."""
        folder = self._docs / SCRIPTS
        found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.js"))
        for name in found:
            if not SCRIPT_NAME.fullmatch(name):
                raise ContentError(
                    "is no name for a script",
                    where=f"docs/{SCRIPTS}/{name}",
                    mend="name it and its folders with a-z, 0-9 and hyphens, a letter first",
                )
        return found

    @cached_property
    def code(self) -> str:
        """Twelve hex digits over all scripts."""
        digest = hashlib.sha256()
        for name in self.scripts:
            digest.update(name.encode() + b"\0" + (self._docs / SCRIPTS / name).read_bytes() + b"\0")
        return digest.hexdigest()[:12]

    def placed(self, path: str) -> str:
        """Where a file of the site is put: scripts in a folder that names their hash."""
        if path.startswith(f"{SCRIPTS}/"):
            return f"{SCRIPTS}-{self.code}{path.removeprefix(SCRIPTS)}"
        return path
