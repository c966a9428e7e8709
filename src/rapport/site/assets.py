"""Addresses of the site's own files: styles, scripts, pictures."""

from __future__ import annotations

import hashlib
import posixpath
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


_URL = re.compile(r"""url\(\s*(["']?)([^"')]+?)\1\s*\)""")


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
            data = self.style(path).encode() if path.endswith(".css") else self._read(path)
            self._known[path] = f"{path}?v={hashlib.sha256(data).hexdigest()[:8]}"
        return self._known[path]

    def style(self, path: str) -> str:
        """A style sheet as it is put on the site: what it names carries a hash too, which then counts for its own."""

        def named(match: re.Match[str]) -> str:
            if match[2].startswith(("data:", "#")):
                return match[0]
            file = posixpath.normpath(posixpath.join(posixpath.dirname(path), match[2]))
            return f'url("{match[2]}?{self.address(file).partition("?")[2]}")'

        return _URL.sub(named, self._read(path).decode("utf-8"))

    def _read(self, path: str) -> bytes:
        try:
            return (self._docs / path).read_bytes()
        except OSError as error:
            raise self._unreadable(path) from error

    def holds(self, path: str) -> bool:
        """Whether there is such a file."""
        return (self._docs / path).is_file()

    @staticmethod
    def _unreadable(path: str) -> ContentError:
        return ContentError(
            "is named by a template or a style but cannot be read", where=f"docs/{path}", mend="add the file"
        )

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
