"""What the rules need of `i18n/`: headings, labels and glossary, also of a language whose neighbour is broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rapport.check.problem import Problem, from_error
from rapport.content.homes import read_homes
from rapport.content.interface import read_advice_words, read_catalogue_words, read_interface
from rapport.content.yaml import read_yaml
from rapport.errors import ContentError
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rapport.content.catalogue import Catalogue
    from rapport.project import Project


@dataclass(frozen=True, slots=True)
class Frame:
    """The words that are the same in all guides of a language."""

    sections: Mapping[str, str]
    """Heading by section id."""
    labels: Mapping[str, str]
    """`weak`, `better`, `best`."""
    glossary: Mapping[str, tuple[str, ...]]
    """The word that is used → those that are not."""


def read_frames(project: Project, catalogue: Catalogue | None) -> tuple[dict[str, Frame], list[Problem]]:
    """Frames of the readable languages, and what is wrong with the files in `i18n/`."""
    frames: dict[str, Frame] = {}
    problems: dict[str, Problem] = {}
    try:
        for lang, interface in read_interface(project).items():
            glossary = {term.use: term.avoid for term in interface.glossary.values()}
            frames[lang] = Frame(interface.sections, interface.labels, glossary)
    except ContentError as error:
        problems[error.where] = from_error(error, "i18n")
        for lang in LANGUAGES:
            path = project.i18n / f"{lang}.yml"
            where = project.show(path)
            try:
                frames[lang] = _lenient(read_yaml(path, where)[0])
            except ContentError as other:
                problems.setdefault(where, from_error(other, where))
    has_site = any((project.docs / lang / "index.md").is_file() for lang in LANGUAGES)
    for read in (read_catalogue_words, read_advice_words, *((read_homes,) if has_site else ())):
        try:
            if catalogue:
                read(project, catalogue)
        except ContentError as error:
            problems.setdefault(error.where, from_error(error, "i18n"))
    return frames, list(problems.values())


def _lenient(data: object) -> Frame:
    """A frame of whatever is there; a rule skips a word that is not."""

    def part(name: str) -> dict[str, Any]:
        value = data.get(name) if isinstance(data, dict) else None
        return value if isinstance(value, dict) else {}

    glossary = {}
    for term in part("glossary").values():
        if isinstance(term, dict) and isinstance(term.get("use"), str) and isinstance(term.get("avoid"), list):
            glossary[term["use"]] = tuple(map(str, term["avoid"]))
    return Frame(_strings(part("sections")), _strings(part("labels")), glossary)


def _strings(mapping: dict[str, Any]) -> dict[str, str]:
    return {key: value for key, value in mapping.items() if isinstance(value, str)}
