"""Run every rule over a project."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from rapport.check.bank_rules import bank_problems
from rapport.check.frame import read_frames
from rapport.check.front_rules import fold, front_problems
from rapport.check.links import link_problems
from rapport.check.page import read_page, text_body
from rapport.check.problem import Problem, from_error
from rapport.check.section_rules import section_problems
from rapport.check.text_rules import guide_text_problems, page_text_problems
from rapport.check.versions import language_problems, translation_problems
from rapport.content.catalogue import read_catalogue
from rapport.content.yaml import read_text
from rapport.errors import ContentError
from rapport.languages import LANGUAGES
from rapport.search.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from rapport.check.frame import Frame
    from rapport.check.page import Page
    from rapport.content.catalogue import Catalogue
    from rapport.project import Project


def check(project: Project, today: datetime.date | None = None) -> list[Problem]:
    """Everything wrong with what people wrote, sorted by file and line. Never raises for content.

    `today` is the day after which a date lies in the future.
    """
    catalogue = None
    problems: list[Problem] = []
    try:
        catalogue = read_catalogue(project)
    except ContentError as error:
        problems.append(from_error(error, "content/guides.yml"))
    try:
        read_settings(project)
    except ContentError as error:
        problems.append(from_error(error, "search_index/ranking.yml"))
    frames, found = read_frames(project, catalogue)
    return _sorted([*problems, *found, *check_texts(project, catalogue, frames, today or datetime.date.today())])


def check_texts(
    project: Project, catalogue: Catalogue | None, frames: Mapping[str, Frame], today: datetime.date
) -> list[Problem]:
    """Everything wrong in `docs/`, bank and judged questions, sorted by file and line.

    Without a catalogue, or without a language's frame, the rules that need them are left out.
    """
    problems: list[Problem] = []
    files = frozenset(project.show(path) for path in project.docs.rglob("*") if path.is_file())
    pages: dict[str, Page] = {}
    for path in sorted(path for path in files if path.endswith(".md")):
        problems += _read(project, path, pages, catalogue)
    for page in pages.values():
        problems += _page_problems(page, pages, files, catalogue, frames.get(page.guide.lang), today)
    if catalogue:
        problems += language_problems(files, catalogue)
        problems += bank_problems(project, catalogue, _written(files, catalogue), _situations(pages))
    return _sorted(problems)


def _sorted(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(set(problems), key=lambda problem: (problem.path, problem.line, problem.message, problem.mend))


def _read(project: Project, path: str, pages: dict[str, Page], catalogue: Catalogue | None) -> Iterator[Problem]:
    """Put a guide into `pages`; check any other page here and now."""
    match path.split("/")[1:]:
        case ["index.md"] | ["assets", *_]:
            return
        case [lang, _, "index.md"] if lang in LANGUAGES:
            yield Problem(path, 1, "a theme's page is generated", "delete the file; its words stand in i18n/catalogue/")
        case [lang, _, _] if lang in LANGUAGES:
            page, problems = read_page(project.root / path, path)
            if page:
                pages[path] = page
            yield from problems
            yield from _place(path, catalogue)
        case [lang, name] if lang in LANGUAGES:
            if catalogue and name.removesuffix(".md") in catalogue.guides:
                yield from _place(path, catalogue)
                return
            yield from _other_page(project, path, lang)
        case _:
            languages = ", ".join(LANGUAGES)
            yield Problem(path, 1, "lies where no page belongs", f"guides lie in docs/<{languages}>/<theme>/<id>.md")


def _other_page(project: Project, path: str, lang: str) -> Iterator[Problem]:
    try:
        text = read_text(project.root / path, path)
    except ContentError as error:
        yield from_error(error, path)
        return
    if text.startswith("---\n") and "\nsituations:" in text.partition("\n---")[0]:
        yield Problem(
            path, 1, "is a guide outside a theme", "move it to its theme's folder, and add it to content/guides.yml"
        )
    yield from page_text_problems(path, lang, text, text_body(text))


def _place(path: str, catalogue: Catalogue | None) -> Iterator[Problem]:
    """Whether a guide's file lies where the catalogue says."""
    if catalogue is None:
        return
    _, lang, *theme, name = path.split("/")
    planned = catalogue.guides.get(name.removesuffix(".md"))
    if planned is None:
        mend = "add it to content/guides.yml, or mend the file's name"
        yield Problem(path, 1, f"{name.removesuffix('.md')!r} is not in the catalogue", mend)
    elif theme != [planned.theme]:
        what = f"lies in {theme[0]}" if theme else "lies outside its theme"
        mend = f"move it to docs/{lang}/{planned.theme}/{name}"
        yield Problem(path, 1, f"{what}, and belongs to {planned.theme}", mend)


def _page_problems(
    page: Page,
    pages: Mapping[str, Page],
    files: AbstractSet[str],
    catalogue: Catalogue | None,
    frame: Frame | None,
    today: datetime.date,
) -> Iterator[Problem]:
    yield from front_problems(page, catalogue, today)
    yield from translation_problems(page, pages, catalogue)
    yield from section_problems(page, frame)
    yield from guide_text_problems(page, frame)
    yield from link_problems(page, pages, files, catalogue)


def _written(files: AbstractSet[str], catalogue: Catalogue) -> dict[str, list[str]]:
    guides = catalogue.guides.values()
    return {lang: [g.id for g in guides if f"docs/{lang}/{g.theme}/{g.id}.md" in files] for lang in LANGUAGES}


def _situations(pages: Mapping[str, Page]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {lang: {} for lang in LANGUAGES}
    for page in pages.values():
        for index, situation in enumerate(page.guide.situations):
            found[page.guide.lang][fold(situation)] = f"{page.path}:{page.item_line('situations', index)}"
    return found
