"""Where the files of a knowledge base lie, and its configuration."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rapport.errors import ContentError, UsageError
from rapport.languages import LANGUAGE, LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

CONFIG = "rapport.toml"
DEFAULT_MODEL = "default"
NAME = "Rapport"
"""What a site is called that has no name of its own."""


@dataclass(frozen=True, slots=True)
class Project:
    """A checkout: its root folder and what `rapport.toml` says."""

    root: Path
    model: str
    """`default`, or the folder or hub id of another sentence-transformers model."""
    revision: str = ""
    """Branch, tag or commit of a hub id; empty: the hub's newest."""
    name: str = NAME
    """What the site is called, on every page."""
    languages: tuple[str, ...] = tuple(LANGUAGE)
    language: str = ""
    """In which the command answers a question that is in none of the languages; empty: that of the locale."""
    site_url: str = ""
    """Where the site will be; RAPPORT_SITE_URL goes before it. Empty: nobody has said so."""
    noindex: bool = False
    """Whether search engines are to leave the site alone."""
    complete: bool = False
    """Whether every guide that carries advice of the sources must be written in every language."""

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
            project = _read_config(folder)
            LANGUAGES.choose(project.languages)
            return project
    raise UsageError(f"no {CONFIG} in {given} or above", mend="run the command inside a Rapport checkout")


def _read_config(root: Path) -> Project:
    """`rapport.toml` as a project; ContentError at the first key that is not as it must be."""
    path = root / CONFIG
    try:
        config = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(str(error), where=CONFIG, mend="mend the TOML") from error
    unknown = sorted(set(config) - set(_KEYS))
    if unknown:
        raise ContentError(f"unknown key {unknown[0]!r}", where=CONFIG, mend=f"known are {', '.join(_KEYS)}")
    for key, value in config.items():
        if wrong := _KEYS[key](value):
            what, mend = wrong
            raise ContentError(f"`{key}` {what}", where=CONFIG, mend=mend)
    model, revision = _folder_or_id(path, config.get("model", DEFAULT_MODEL)), config.get("revision", "")
    if revision and (model == DEFAULT_MODEL or Path(model).is_dir()):
        raise ContentError(
            "`revision` must be the branch, tag or commit of a hub id", where=CONFIG, mend="mend it or leave it out"
        )
    languages = tuple(code for code in LANGUAGE if code in config.get("languages", LANGUAGE))
    language = config.get("language", "")
    if language not in ("", *languages):
        raise ContentError("`language` is none of ours", where=CONFIG, mend=f"use one of {', '.join(languages)}")
    return Project(
        root,
        model,
        revision.strip(),
        name=" ".join(config.get("name", NAME).split()),
        languages=languages,
        language=language,
        site_url=config.get("site_url", ""),
        noindex=config.get("noindex", False),
        complete=config.get("complete", False),
    )


_REVISION = "must be the branch, tag or commit of a hub id"


def _a_text(mend: str) -> Callable[[object], tuple[str, str] | None]:
    def wrong(value: object) -> tuple[str, str] | None:
        return None if isinstance(value, str) and value.strip() else ("must be a text", mend)

    return wrong


def _languages(value: object) -> tuple[str, str] | None:
    if isinstance(value, list) and value and all(isinstance(code, str) and code in LANGUAGE for code in value):
        return None
    return "must list languages", f"write some of {', '.join(LANGUAGE)}"


def _address(value: object) -> tuple[str, str] | None:
    if isinstance(value, str) and re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
        return None
    return "must be an address", 'write it whole, as "https://help.example.com/"'


def _yes_or_no(value: object) -> tuple[str, str] | None:
    return None if isinstance(value, bool) else ("must be true or false", "write one of these, without quotation marks")


_KEYS: dict[str, Callable[[object], tuple[str, str] | None]] = {
    "model": _a_text(f'write model = "{DEFAULT_MODEL}", a folder or a hub id'),
    "revision": lambda value: (
        None if isinstance(value, str) else ("must be the branch, tag or commit of a hub id", "mend it")
    ),
    "name": _a_text("write what the site is called"),
    "languages": _languages,
    "language": _a_text("write the code of a language"),
    "site_url": _address,
    "noindex": _yes_or_no,
    "complete": _yes_or_no,
}
"""Every key, and what is wrong with a value of it, with the mend."""


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
