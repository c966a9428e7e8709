"""Where the files of a knowledge base lie, and its configuration."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from rapport.errors import ContentError, UsageError
from rapport.languages import LANGUAGES

CONFIG = "rapport.toml"
DEFAULT_MODEL = "default"


@dataclass(frozen=True, slots=True)
class Project:
    """A checkout: its root folder and what `rapport.toml` says."""

    root: Path
    model: str
    """`default`, or the folder or hub id of another sentence-transformers model."""
    revision: str = ""
    """Branch, tag or commit of a hub id; empty: the hub's newest."""
    language: str = ""
    """In which the command answers a question that is in none of the languages; empty: that of the locale."""

    @property
    def docs(self) -> Path:
        """Guides and the site's own files."""
        return self.root / "docs"

    @property
    def i18n(self) -> Path:
        """Texts of the interface, theme names, texts of the advice."""
        return self.root / "i18n"

    @property
    def content(self) -> Path:
        """Catalogue of guides, list of advice, questions."""
        return self.root / "content"

    @property
    def search_index(self) -> Path:
        """The ranking's numbers and the built index."""
        return self.root / "search_index"

    @property
    def bank(self) -> Path:
        """Question bank, one file per language."""
        return self.content / "questions" / "bank"

    @property
    def judged(self) -> Path:
        """Judged questions, one file per language."""
        return self.content / "questions" / "judged"

    @property
    def stories(self) -> Path:
        """Stories that the network learns from, one file per language."""
        return self.content / "questions" / "stories"

    @property
    def parts(self) -> Path:
        """What composed examples are put together from, one file per language."""
        return self.content / "questions" / "parts"

    @property
    def site(self) -> Path:
        """The built site."""
        return self.root / "site"

    def show(self, path: Path) -> str:
        """A path as messages name it: relative to the root, with forward slashes."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return path.as_posix()


def open_project(start: Path | None = None) -> Project:
    """The project around `start` (default: RAPPORT_ROOT, else the working folder), by its `rapport.toml`."""
    given = start or Path(os.environ.get("RAPPORT_ROOT") or ".")
    try:
        given = given.resolve()
    except FileNotFoundError as error:
        raise UsageError("the working folder is not there any more", mend="go to one that is") from error
    for folder in (given, *given.parents):
        if (folder / CONFIG).is_file():
            return _read_config(folder)
    raise UsageError(f"no {CONFIG} in {given} or above", mend="run the command inside a Rapport checkout")


def _read_config(root: Path) -> Project:
    path = root / CONFIG
    try:
        config = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(str(error), where=CONFIG, mend="mend the TOML") from error
    unknown = sorted(set(config) - {"model", "revision", "language"})
    if unknown:
        raise ContentError(
            f"unknown key {unknown[0]!r}", where=CONFIG, mend="only `model`, `revision` and `language` are known"
        )
    model, revision = config.get("model", DEFAULT_MODEL), config.get("revision", "")
    if not isinstance(model, str) or not model.strip():
        raise ContentError(
            "`model` must be a name", where=CONFIG, mend=f'write model = "{DEFAULT_MODEL}", a folder or a hub id'
        )
    name = _folder_or_id(path, model)
    if not isinstance(revision, str) or (revision and (name == DEFAULT_MODEL or Path(name).is_dir())):
        raise ContentError(
            "`revision` must be the branch, tag or commit of a hub id", where=CONFIG, mend="mend it or leave it out"
        )
    language = config.get("language", "")
    if language not in ("", *LANGUAGES):
        raise ContentError("`language` is none of ours", where=CONFIG, mend=f"use one of {', '.join(LANGUAGES)}")
    return Project(root, name, revision.strip(), language)


def _folder_or_id(path: Path, model: str) -> str:
    if model == DEFAULT_MODEL:
        return model
    try:
        folder = Path(model).expanduser()
    except RuntimeError as error:
        raise ContentError(f"`model`: {error}", where=CONFIG, mend="write the folder's whole path") from error
    # a name may be a folder's or a hub's: a folder beside rapport.toml goes first, from wherever the command runs
    if folder.is_absolute():
        return str(folder)
    beside = path.parent / folder
    return str(beside.resolve()) if model.startswith(".") or beside.is_dir() else model
