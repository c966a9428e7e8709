"""The front matter of `docs/<lang>/index.md`: what a language's home page says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rapport.content.yaml import parse_yaml, read_text
from rapport.errors import ContentError
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from rapport.content.catalogue import Catalogue
    from rapport.project import Project

_FRONT_MATTER = re.compile(r"\A---\n(.*?)^---[ \t]*\n", re.DOTALL | re.MULTILINE)
_TEXTS = ("title", "description", "headline", "lead")
_LISTS = ("needed", "newcomers")


@dataclass(frozen=True, slots=True)
class Pointer:
    """A guide, and in this country's words why one opens it."""

    guide: str
    text: str


@dataclass(frozen=True, slots=True)
class Home:
    """Texts of a home page. Pointers to guides that are not written yet are left out when it is shown."""

    title: str
    """For search engines and tabs."""
    description: str
    headline: str
    lead: str
    needed: tuple[Pointer, ...]
    """The situations that this country's readers most often have."""
    newcomers: tuple[Pointer, ...]
    """What to read first, in order."""


def read_homes(project: Project, catalogue: Catalogue) -> dict[str, Home]:
    """The home pages of all languages; ContentError at the first thing that cannot be used."""
    return {lang: read_home(project, lang, catalogue) for lang in LANGUAGES}


def read_home(project: Project, lang: str, catalogue: Catalogue) -> Home:
    """Read and check it; ContentError with file and line."""
    path = project.docs / lang / "index.md"
    where = project.show(path)
    match = _FRONT_MATTER.match(read_text(path, where))
    if not match:
        raise ContentError(
            "has no front matter", where=where, line=1, mend="begin the file with --- and close it with ---"
        )
    data, lines = parse_yaml(match[1], where, first_line=2)
    if not isinstance(data, dict):
        raise ContentError("front matter must be keys and values", where=where, line=2)
    for key in data:
        if key not in (*_TEXTS, *_LISTS):
            raise ContentError(
                f"unknown key {key!r}", where=where, line=lines.get(str(key), 2), mend="remove it or mend its name"
            )
    for key in _TEXTS:
        if not isinstance(data.get(key), str) or not data[key].strip():
            raise ContentError(
                f"`{key}` is missing or not a text", where=where, line=lines.get(key, 1), mend=f"write `{key}: …`"
            )
    needed, newcomers = (_pointers(data.get(key), key, where, lines.get(key, 1), catalogue) for key in _LISTS)
    title, description, headline, lead = (" ".join(data[key].split()) for key in _TEXTS)
    return Home(title, description, headline, lead, needed, newcomers)


def _pointers(value: Any, key: str, where: str, line: int, catalogue: Catalogue) -> tuple[Pointer, ...]:
    mend = "write `- guide: <id>` and `text: …`"
    if not isinstance(value, list) or not value:
        raise ContentError(f"`{key}` must be a list", where=where, line=line, mend=mend)
    found = []
    for item in value:
        if not isinstance(item, dict) or set(item) != {"guide", "text"}:
            raise ContentError(f"an entry of `{key}` is not a guide with a text", where=where, line=line, mend=mend)
        guide, text = item["guide"], item["text"]
        if not isinstance(text, str) or not text.strip():
            raise ContentError(f"`text` in `{key}` is missing or not a text", where=where, line=line, mend=mend)
        if not isinstance(guide, str) or guide not in catalogue.guides:
            raise ContentError(
                f"`{key}` names {guide!r}", where=where, line=line, mend="name a guide of content/guides.yml"
            )
        found.append(Pointer(guide, " ".join(text.split())))
    return tuple(found)
