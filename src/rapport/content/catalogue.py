"""The catalogue: which guides there shall be, and which advice each of them carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapport.content.yaml import read_yaml
from rapport.errors import ContentError
from rapport.languages import LANGUAGES
from rapport.types import CatalogueGuide

if TYPE_CHECKING:
    from rapport.project import Project

_KEYS = {"scope", "advice", "source", "first"}


@dataclass(frozen=True, slots=True)
class Source:
    """One of the articles that the knowledge base grew from; `title` is in its own language."""

    lang: str
    title: str
    advice: tuple[str, ...]
    """Codes in their order."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All guides by id in catalogue order, the themes in order, the sources by language."""

    guides: dict[str, CatalogueGuide]
    themes: tuple[str, ...]
    sources: tuple[Source, ...]

    @property
    def advice(self) -> tuple[str, ...]:
        """Every advice code, in the order of the sources."""
        return tuple(code for source in self.sources for code in source.advice)


def read_catalogue(project: Project) -> Catalogue:
    """Read `content/guides.yml` and `content/advice.yml`; ContentError with file and line where they are wrong."""
    sources = _read_sources(project)
    codes = {code for source in sources for code in source.advice}
    path = project.content / "guides.yml"
    where = project.show(path)
    data, lines = read_yaml(path, where)
    if not isinstance(data, dict) or not data:
        raise ContentError("must list themes and their guides", where=where, line=1)
    if strange := [theme for theme in data if not isinstance(theme, str)]:
        raise ContentError(f"theme {strange[0]!r} is no text", where=where, line=lines.get(str(strange[0]), 1))
    guides: dict[str, CatalogueGuide] = {}
    for theme, entries in data.items():
        if not isinstance(entries, dict):
            raise ContentError(f"theme {theme!r} lists no guides", where=where, line=lines.get(theme, 1))
        for guide, entry in entries.items():
            problem = _problem(entry, codes) if isinstance(guide, str) else "is no text"
            if guide in guides:
                problem = "stands in two themes"
            if problem:
                raise ContentError(f"guide {guide!r}: {problem}", where=where, line=lines.get(theme, 1))
            guides[guide] = CatalogueGuide(
                guide, theme, " ".join(entry["scope"].split()), tuple(entry["advice"]), entry["source"]
            )
    return Catalogue(guides, tuple(data), sources)


def _problem(entry: object, codes: set[str]) -> str:
    if not isinstance(entry, dict):
        return "must be a mapping with scope, advice and source"
    if unknown := [key for key in entry if key not in _KEYS]:
        return f"unknown key {unknown[0]!r}"
    if missing := sorted({"scope", "advice", "source"} - set(entry)):
        return f"lacks {missing[0]!r}"
    if not isinstance(entry["scope"], str):
        return "`scope` must be a text"
    if not isinstance(entry["advice"], list):
        return "`advice` must be a list of codes"
    if entry["source"] not in LANGUAGES:
        return f"source {entry['source']!r} is none of {', '.join(LANGUAGES)}"
    strange = [code for code in entry["advice"] if not isinstance(code, str) or code not in codes]
    return f"advice code {strange[0]!r} is not in content/advice.yml" if strange else ""


def _read_sources(project: Project) -> tuple[Source, ...]:
    path = project.content / "advice.yml"
    data, _ = read_yaml(path, project.show(path))
    try:
        for lang, entry in data["sources"].items():
            codes = entry["advice"]
            if lang not in LANGUAGES:
                raise TypeError(f"{lang!r} is no language")
            if not isinstance(codes, dict | list) or not all(isinstance(code, str) for code in codes):
                raise TypeError(f"the advice of {lang} must be codes with texts")
        return tuple(
            Source(lang, " ".join(entry["title"].split()), tuple(entry["advice"]))
            for lang, entry in data["sources"].items()
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ContentError(
            f"must hold sources with title and advice ({error})", where=project.show(path), line=1
        ) from error
