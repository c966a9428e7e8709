"""Run every rule over a project."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from rapport.check.bank_rules import bank_problems
from rapport.check.front_rules import fold, front_problems
from rapport.check.images import image_problems
from rapport.check.links import link_problems
from rapport.check.sameness import measure, render, sameness_problems
from rapport.check.section_rules import section_problems
from rapport.check.text_rules import guide_text_problems, text_problems
from rapport.check.versions import language_problems, translation_problems
from rapport.content.catalogue import load_catalogue
from rapport.content.files import is_ours
from rapport.content.guides import load_guides
from rapport.content.homes import load_homes
from rapport.content.interface import load_advice_texts, load_catalogue_titles, load_interface
from rapport.content.markup import markup_problems
from rapport.content.moved import load_moved
from rapport.content.pages import load_pages
from rapport.content.problem import Level, Problem, from_error, sound
from rapport.content.style import load_styles
from rapport.errors import ContentError, UsageError
from rapport.languages import LANGUAGES
from rapport.search.reading import read_reading
from rapport.search.settings import read_settings
from rapport.site.reading import danger, difference

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from rapport.content.catalogue import Catalogue
    from rapport.content.document import Document
    from rapport.content.guides import Guide
    from rapport.content.interface import Interface
    from rapport.project import Project


def check(project: Project, today: datetime.date | None = None) -> list[Problem]:
    """Everything wrong with what people wrote, sorted by file and line. Never raises for content.

    `today` is the day after which a date lies in the future.
    """
    catalogue, problems = load_catalogue(project)
    for read, where in ((read_settings, "ranking.yml"), (read_reading, "reading.json")):
        try:
            read(project)
        except ContentError as error:
            problems.append(from_error(error, f"search_index/{where}"))
    interface, found = load_interface(project)
    problems += found
    if catalogue:
        problems += load_catalogue_titles(project, catalogue)[1]
        problems += load_advice_texts(project, catalogue)[1]
        problems += load_moved(project, catalogue)[1]
        if any((project.docs / lang / "index.md").is_file() for lang in LANGUAGES):
            problems += load_homes(project, catalogue)[1]
    return _sorted([*problems, *check_texts(project, catalogue, interface, today or datetime.date.today())])


def choose(
    project: Project,
    problems: Iterable[Problem],
    paths: Collection[Path] = (),
    languages: Collection[str] = (),
    *,
    errors_only: bool = False,
) -> list[Problem]:
    """Those in the given files or below the given folders, and in files of the given languages; none given: all.

    UsageError where a path is not there.
    """
    wanted = [path.resolve() for path in paths]
    for path in wanted:
        if not path.exists():
            raise UsageError("there is no such file or folder", where=project.show(path), mend="mend the path")
    return [
        problem
        for problem in problems
        if (not wanted or any((project.root / problem.path).is_relative_to(path) for path in wanted))
        and (not languages or _language(problem.path) in languages)
        and (not errors_only or problem.level is Level.ERROR)
    ]


def _language(path: str) -> str:
    """The language of a file that people write: `docs/de/…`, `i18n/…/de.yml`, `…/de.jsonl`; empty where it has none."""
    parts = (part.partition(".")[0] for part in path.split("/"))
    return next((part for part in parts if part in LANGUAGES), "")


def sameness(project: Project) -> str:
    """A table of what makes the guides of each language alike; ContentError where one cannot be read."""
    guides = [guide for guide in sound(load_guides(project, None)) if not guide.is_skeleton]
    return render(measure(guides, sound(load_styles(project))))


def check_texts(
    project: Project, catalogue: Catalogue | None, interface: Mapping[str, Interface], today: datetime.date
) -> list[Problem]:
    """Everything wrong in `docs/`, bank and judged questions, sorted by file and line.

    Without a catalogue, or without a language's interface, the rules that need them are left out.
    """
    files = frozenset(project.show(path) for path in project.docs.rglob("*") if is_ours(path, project.docs))
    laid_down, problems = load_guides(project, catalogue)
    skeletons = {guide.path for guide in laid_down if guide.is_skeleton}
    found = [guide for guide in laid_down if not guide.is_skeleton]
    guides = {guide.path: guide for guide in found}
    pages, others = load_pages(project, catalogue)
    problems += [*others, *image_problems(project)]
    unsound = {problem.path for problem in problems}
    for guide in found:
        problems += front_problems(guide, catalogue, today)
        problems += translation_problems(guide, guides, unsound, catalogue)
        problems += section_problems(guide, interface.get(guide.lang))
        problems += guide_text_problems(guide, interface.get(guide.lang))
        problems += link_problems(guide, guides, files, catalogue)
    styles, wrong = load_styles(project)
    problems += [*wrong, *sameness_problems(found, styles)]
    for (lang, _), page in pages.items():
        problems += text_problems(page, lang)
    hosts = catalogue.hosts if catalogue else frozenset()
    problems += _differences([*(guide.document for guide in found), *pages.values()], hosts, problems)
    if catalogue:
        problems += language_problems(files - skeletons, catalogue, project.complete)
        problems += bank_problems(project, catalogue, _written(files - skeletons, catalogue), _situations(found))
    return _sorted(problems)


def _differences(documents: Iterable[Document], hosts: AbstractSet[str], told: Iterable[Problem]) -> Iterator[Problem]:
    """Texts that the site would read otherwise or refuse, but for lines of which a rule has said more."""
    places = {(problem.path, problem.line) for problem in told}
    for document in documents:
        refused = [] if any(markup_problems(document, hosts)) else [danger(document, hosts)]
        for problem in (*refused, difference(document)):
            if problem and (problem.path, problem.line) not in places:
                yield problem


def _sorted(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(set(problems), key=lambda problem: (problem.path, problem.line, problem.message, problem.mend))


def _written(files: AbstractSet[str], catalogue: Catalogue) -> dict[str, list[str]]:
    guides = catalogue.guides.values()
    return {lang: [g.id for g in guides if f"docs/{lang}/{g.theme}/{g.id}.md" in files] for lang in LANGUAGES}


def _situations(guides: Iterable[Guide]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {lang: {} for lang in LANGUAGES}
    for guide in guides:
        for index, situation in enumerate(guide.situations):
            found[guide.lang][fold(situation)] = f"{guide.path}:{guide.line_of('situations', index)}"
    return found
