"""Texts in `docs/` that are no guides, and which file belongs where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapport.content.document import Document, parse_document
from rapport.content.files import file_problems, is_ours
from rapport.content.guides import place_problems
from rapport.content.markup import markup_problems
from rapport.content.problem import Problem, from_error, sound
from rapport.content.yaml import read_text
from rapport.errors import ContentError
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rapport.content.catalogue import Catalogue
    from rapport.project import Project

GENERATED = ("ask", "sources")
"""Pages of a language that the site makes, besides those of the themes."""

Pages = dict[tuple[str, str], Document]
"""By (language, name): `docs/de/about.md` is `("de", "about")`."""


def load_pages(project: Project, catalogue: Catalogue | None) -> tuple[Pages, list[Problem]]:
    """Pages of each language that are nothing but their text, and every Markdown file that lies where none belongs."""
    pages: Pages = {}
    problems = list(file_problems(project))
    ours = (file for file in project.docs.rglob("*.md") if is_ours(file, project.docs))
    for path in sorted(map(project.show, ours)):
        match path.split("/")[1:]:
            case ["assets", *_]:
                pass
            case ["index.md"]:  # belongs to no language
                problems += _load(project, path, catalogue)[1]
            case [lang, _, "index.md"] if lang in LANGUAGES:
                mend = "delete the file; its words stand in i18n/catalogue/"
                problems.append(Problem(path, 1, "a theme's page is generated", mend))
            case [lang, _, _] if lang in LANGUAGES:
                pass  # a guide
            case [lang, name] if lang in LANGUAGES:
                name = name.removesuffix(".md")
                if catalogue and name in catalogue.guides:
                    problems += place_problems(path, catalogue)
                    continue
                problems += _name_problems(path, name, catalogue)
                document, found = _load(project, path, catalogue)
                problems += found
                if document and name != "index":
                    pages[lang, name] = document
            case _:
                mend = f"guides lie in docs/<{', '.join(LANGUAGES)}>/<theme>/<id>.md"
                problems.append(Problem(path, 1, "lies where no page belongs", mend))
    return pages, problems


def _load(project: Project, path: str, catalogue: Catalogue | None) -> tuple[Document | None, list[Problem]]:
    try:
        document = parse_document(read_text(project.root / path, path), path)
    except ContentError as error:
        return None, [from_error(error, path)]
    problems = [*document.problems, *markup_problems(document, catalogue.hosts if catalogue else frozenset())]
    if document.front and "situations" in document.front:
        mend = "move it to its theme's folder, and add it to content/guides.yml"
        return None, [*problems, Problem(path, 1, "is a guide outside a theme", mend)]
    return document, problems


def _name_problems(path: str, name: str, catalogue: Catalogue | None) -> Iterator[Problem]:
    if name in GENERATED or (catalogue and name in catalogue.themes):
        yield Problem(path, 1, f"the site makes a page {name!r} itself", "give the file another name")


def read_pages(project: Project, catalogue: Catalogue) -> Pages:
    """`load_pages`; ContentError at the first thing that is wrong."""
    return sound(load_pages(project, catalogue))
