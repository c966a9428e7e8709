"""Guides: what a file in `docs/<lang>/<theme>/` must hold to be one. Pure but for those that read files.

Only what makes a guide unusable is wrong here; whether a usable one is a good one is for `check`.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from rapport.content.document import Document, parse_document
from rapport.content.files import is_ours
from rapport.content.markup import markup_problems
from rapport.content.problem import Level, Problem, from_error, sound
from rapport.content.yaml import read_text
from rapport.errors import ContentError
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rapport.content.blocks import Section
    from rapport.content.catalogue import Catalogue
    from rapport.project import Project

FRONT_KEYS = ("title", "summary", "situations", "advice", "source", "translated", "reviewed", "law_as_of")
PLACEHOLDER = "…"
"""Stands in a new guide where words are to come."""
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_NO_FRONT = "begin the file with ---, then title, summary and the other keys, and close with ---"


@dataclass(frozen=True, slots=True)
class Guide:
    """One situation in one language, as read from its file. A field that cannot be read is empty."""

    id: str
    theme: str
    lang: str
    title: str
    summary: str
    situations: tuple[str, ...]
    advice: tuple[str, ...]
    source: str
    translated: str
    """Hash of the source that this version follows; empty in the source language."""
    reviewed: str
    """ISO date or empty."""
    law_as_of: str
    """ISO date or empty."""
    document: Document

    @property
    def path(self) -> str:
        """Relative to the project, with forward slashes."""
        return self.document.path

    @property
    def sections(self) -> tuple[Section, ...]:
        """The parts of its body."""
        return self.document.sections

    @property
    def is_skeleton(self) -> bool:
        """Whether it is as `rapport new` laid it down, and no guide yet: neither summary nor situations are written."""
        return self.summary == PLACEHOLDER and set(self.situations) == {PLACEHOLDER}

    def line_of(self, *keys: object) -> int:
        """1-based line of a part of the front matter; where it is missing, of what should hold it."""
        return self.document.places.of(*keys)


def load_guide(text: str, path: str, catalogue: Catalogue | None = None) -> tuple[Guide | None, list[Problem]]:
    """Read a guide's text; `path` is `docs/<lang>/<theme>/<id>.md` and gives language, theme and id.

    None where there is no front matter. Without a catalogue, codes of advice are not compared, and no host is allowed.
    """
    if not text.strip():
        return None, [Problem(path, 1, "is empty", "write the guide, or delete the file")]
    document = parse_document(text, path)
    if document.front is None and not document.problems:
        return None, [Problem(path, 1, "has no front matter", _NO_FRONT)]
    *_, lang, theme, name = path.split("/")
    front = document.front or {}
    problems = list(document.problems)
    if document.front is not None:
        problems += _front_problems(document, catalogue)
    problems += markup_problems(document, catalogue.hosts if catalogue else frozenset())

    def text_of(key: str) -> str:
        value = front.get(key)
        return value.strip() if isinstance(value, str) else ""

    def texts_of(key: str) -> tuple[str, ...]:
        value = front.get(key)
        return tuple(item.strip() for item in value) if _is_texts(value) else ()

    guide = Guide(
        id=name.removesuffix(".md"),
        theme=theme,
        lang=lang,
        title=text_of("title"),
        summary=text_of("summary"),
        situations=texts_of("situations"),
        advice=texts_of("advice"),
        source=text_of("source"),
        translated=str(front.get("translated") or ""),
        reviewed=str(front.get("reviewed") or ""),
        law_as_of=str(front.get("law_as_of") or ""),
        document=document,
    )
    return guide, problems


def parse_guide(text: str, path: str, catalogue: Catalogue | None = None) -> Guide:
    """`load_guide`; ContentError with file and line at the first thing that is wrong."""
    return sound(load_guide(text, path, catalogue))


def _is_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value)


def _front_problems(document: Document, catalogue: Catalogue | None) -> Iterator[Problem]:
    path, front, line = document.path, document.front or {}, document.places.of
    for key in front:
        if key not in FRONT_KEYS:
            yield Problem(path, line(key), f"unknown key {key!r}", f"remove it; known are {', '.join(FRONT_KEYS)}")
    for key in ("title", "summary"):
        if not isinstance(front.get(key), str) or not front[key].strip():
            yield Problem(path, line(key), f"`{key}` is missing or not a text", f"write `{key}: …`")
    if not _is_texts(front.get("situations")):
        mend = "write 4 to 6 lines of the form `  - text`; quote one that holds a colon and a space"
        yield Problem(path, line("situations"), "`situations` is missing or not a list of texts", mend)
    codes = front.get("advice")
    if not _is_texts(codes):
        mend = "write `advice: [E1, …]` with codes of content/advice.yml"
        yield Problem(path, line("advice"), "`advice` is missing or not a list of codes", mend)
    elif catalogue:
        for code in codes:
            if code not in catalogue.advice:
                yield Problem(path, line("advice"), f"unknown advice {code!r}", "content/advice.yml lists the codes")
    if front.get("source") not in LANGUAGES:
        planned = catalogue.guides.get(path.split("/")[-1].removesuffix(".md")) if catalogue else None
        right = planned.source if planned else f"one of {', '.join(LANGUAGES)}"
        yield Problem(path, line("source"), "`source` is missing or no language", f"write `source: {right}`")
    for key in ("reviewed", "law_as_of"):
        if (value := front.get(key)) and not is_date(value):
            mend = f"write it as in `{key}: {datetime.date(2026, 1, 31).isoformat()}`"
            yield Problem(path, line(key), f"`{key}` is no date: {value}", mend)


def is_date(value: object) -> bool:
    """Whether a value is a day as `2026-01-31`."""
    if not isinstance(value, str) or not _ISO.fullmatch(value):
        return False
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def guide_paths(project: Project) -> list[str]:
    """Paths of all guide files, relative to the project, sorted: `docs/<lang>/<theme>/<id>.md` but no `index.md`."""
    found = [path for lang in LANGUAGES for path in (project.docs / lang).glob("*/*.md") if path.name != "index.md"]
    return sorted(project.show(path) for path in found if is_ours(path, project.docs))


def place_problems(path: str, catalogue: Catalogue) -> Iterator[Problem]:
    """Whether a guide's file lies where the catalogue says."""
    _, lang, *theme, name = path.split("/")
    planned = catalogue.guides.get(name.removesuffix(".md"))
    if planned is None:
        mend = "add it to content/guides.yml, or mend the file's name"
        yield Problem(path, 1, f"{name.removesuffix('.md')!r} is not in the catalogue", mend)
    elif theme != [planned.theme]:
        what = f"lies in {theme[0]}" if theme else "lies outside its theme"
        mend = f"move it to docs/{lang}/{planned.theme}/{name}"
        yield Problem(path, 1, f"{what}, and belongs to {planned.theme}", mend)


def load_guides(project: Project, catalogue: Catalogue | None) -> tuple[list[Guide], list[Problem]]:
    """All guides in all languages that can be read, sorted by path, and what is wrong with any.

    Empty skeletons are among them, each with a hint.
    """
    guides: list[Guide] = []
    problems: list[Problem] = []
    for path in guide_paths(project):
        try:
            guide, found = load_guide(read_text(project.root / path, path), path, catalogue)
        except ContentError as error:
            guide, found = None, [from_error(error, path)]
        if guide:
            guides.append(guide)
            if guide.is_skeleton:
                mend = "write it, its summary and situations first, or delete the file"
                problems.append(Problem(path, 1, "is an empty skeleton; no page is made of it", mend, Level.HINT))
        problems += found
        if catalogue:
            problems += place_problems(path, catalogue)
    return guides, problems


def read_guide(project: Project, path: str, catalogue: Catalogue | None = None) -> Guide:
    """Read one guide by its path relative to the project; ContentError at the first thing that is wrong."""
    return parse_guide(read_text(project.root / path, path), path, catalogue)


def read_guides(project: Project, catalogue: Catalogue) -> list[Guide]:
    """All guides in all languages, sorted by path, without the empty skeletons.

    ContentError at the first thing that is wrong.
    """
    return [guide for guide in sound(load_guides(project, catalogue)) if not guide.is_skeleton]
