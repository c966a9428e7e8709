"""Addresses of the site's own files: styles, scripts, pictures."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING

from rapport.errors import ContentError

if TYPE_CHECKING:
    from pathlib import Path

ASK_SCRIPTS = "assets/javascripts/ask"
"""Scripts of the search, below `docs/`. They import each other, so their folder carries one hash over them all."""


class Assets:
    """Addresses of the site's own files, with a piece of their hash, so that a host may let browsers keep them."""

    def __init__(self, docs: Path) -> None:
        """`docs`: the folder that holds `assets/`."""
        self._docs = docs
        self._known: dict[str, str] = {}

    def address(self, path: str) -> str:
        """`assets/stylesheets/site.css` to the same with `?v=` and eight hex digits."""
        if path.startswith(f"{ASK_SCRIPTS}/"):
            return self.placed(path)
        if path not in self._known:
            try:
                digest = hashlib.sha256((self._docs / path).read_bytes()).hexdigest()
            except OSError as error:
                raise ContentError(
                    "is named by a template but cannot be read", where=f"docs/{path}", mend="add the file"
                ) from error
            self._known[path] = f"{path}?v={digest[:8]}"
        return self._known[path]

    @cached_property
    def ask_hash(self) -> str:
        """Twelve hex digits over all scripts of the search."""
        digest = hashlib.sha256()
        for path in sorted((self._docs / ASK_SCRIPTS).rglob("*.js")):
            digest.update(path.relative_to(self._docs).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()[:12]

    def placed(self, path: str) -> str:
        """Where a file of the site is put: scripts of the search in a folder that names their hash."""
        if path.startswith(f"{ASK_SCRIPTS}/"):
            return f"{ASK_SCRIPTS}-{self.ask_hash}{path.removeprefix(ASK_SCRIPTS)}"
        return path
