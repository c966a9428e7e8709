"""The front matter of `docs/<lang>/index.md`: what a language's home page says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapport.content.document import Document, parse_document
from rapport.content.problem import Problem, from_error, sound
from rapport.content.yaml import read_text
from rapport.errors import ContentError
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rapport.content.catalogue import Catalogue
    from rapport.project import Project

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


def load_homes(project: Project, catalogue: Catalogue) -> tuple[dict[str, Home], list[Problem]]:
    """The home pages of all languages, those without a problem, and the problems of the others."""
    homes: dict[str, Home] = {}
    problems: list[Problem] = []
    for lang in LANGUAGES:
        home, found = load_home(project, lang, catalogue)
        if home:
            homes[lang] = home
        problems += found
    return homes, problems


def read_homes(project: Project, catalogue: Catalogue) -> dict[str, Home]:
    """`load_homes`; ContentError at the first thing that is wrong."""
    return sound(load_homes(project, catalogue))


def load_home(project: Project, lang: str, catalogue: Catalogue) -> tuple[Home | None, list[Problem]]:
    """The home page of a language; None where anything in it is wrong."""
    where = project.show(project.docs / lang / "index.md")
    try:
        document = parse_document(read_text(project.root / where, where), where)
    except ContentError as error:
        return None, [from_error(error, where)]
    data, line = document.front, document.places.of
    problems = list(document.problems)
    if data is None:
        return None, problems or [Problem(where, 1, "has no front matter", "begin and close the file with ---")]
    for key in data:
        if key not in (*_TEXTS, *_LISTS):
            problems.append(Problem(where, line(key), f"unknown key {key!r}", "remove it or mend its name"))
    for key in _TEXTS:
        if not isinstance(data.get(key), str) or not data[key].strip():
            problems.append(Problem(where, line(key), f"`{key}` is missing or not a text", f"write `{key}: …`"))
    for key in _LISTS:
        problems += _pointer_problems(document, key, catalogue)
    if problems:
        return None, problems
    title, description, headline, lead = (" ".join(data[key].split()) for key in _TEXTS)
    needed, newcomers = (
        tuple(Pointer(item["guide"], " ".join(item["text"].split())) for item in data[key]) for key in _LISTS
    )
    return Home(title, description, headline, lead, needed, newcomers), []


def _pointer_problems(document: Document, key: str, catalogue: Catalogue) -> Iterator[Problem]:
    where, line, mend = document.path, document.places.of, "write `- guide: <id>` and `text: …`"
    value = (document.front or {}).get(key)
    if not isinstance(value, list) or not value:
        yield Problem(where, line(key), f"`{key}` must be a list", mend)
        return
    for number, item in enumerate(value):
        if not isinstance(item, dict) or set(item) != {"guide", "text"}:
            yield Problem(where, line(key, number), f"an entry of `{key}` is not a guide with a text", mend)
            continue
        guide, text = item["guide"], item["text"]
        if not isinstance(text, str) or not text.strip():
            yield Problem(where, line(key, number, "text"), f"`text` in `{key}` is missing or not a text", mend)
        if not isinstance(guide, str) or guide not in catalogue.guides:
            mend_id = "name a guide of content/guides.yml"
            yield Problem(where, line(key, number, "guide"), f"`{key}` names {guide!r}", mend_id)
