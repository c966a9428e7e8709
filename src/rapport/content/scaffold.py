"""`rapport new`: lay down a guide that the catalogue names, in languages that lack it, ready to be filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapport.content.catalogue import read_catalogue
from rapport.content.guides import PLACEHOLDER
from rapport.content.interface import country, read_catalogue_titles, read_interface
from rapport.content.sections import SECTION_IDS
from rapport.errors import UsageError
from rapport.languages import LANGUAGE, LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from rapport.content.catalogue import CatalogueGuide
    from rapport.content.interface import Interface
    from rapport.project import Project

_COUNTS = {"signs": 3, "steps": 3, "pitfalls": 2, "checklist": 3, "situations": 4}
"""The fewest items that content/standard.md asks for."""


def new_guide(project: Project, theme: str, guide: str, languages: Collection[str] = LANGUAGES) -> list[Path]:
    """Write the skeleton of a guide in those of `languages` that have none, and return the new files.

    Headings, labels, ids, advice codes and source come from `i18n/` and the catalogue. UsageError where the catalogue
    does not name the guide in this theme, where it is there in each of them already, or where a folder leads out of
    `docs/`. Nothing is overwritten.
    """
    catalogue = read_catalogue(project)
    planned = catalogue.guides.get(guide)
    if planned is None:
        raise UsageError(
            f"content/guides.yml has no guide {guide!r}", mend="add it there with scope, advice and source"
        )
    if planned.theme != theme:
        raise UsageError(
            f"the guide {guide!r} belongs to {planned.theme!r}", mend=f"run `rapport new {planned.theme} {guide}`"
        )
    interface = read_interface(project)
    names = read_catalogue_titles(project, catalogue)
    paths = {lang: project.docs / lang / theme / f"{guide}.md" for lang in LANGUAGES if lang in languages}
    missing = [lang for lang in paths if not paths[lang].exists()]
    if not missing:
        raise UsageError(f"the guide {guide!r} is there in {', '.join(paths)}", mend="edit the files in docs/")
    for lang in missing:
        if not paths[lang].resolve().is_relative_to(project.docs.resolve()):
            raise UsageError("leads out of docs/", where=project.show(paths[lang]), mend="make its folder no link")
    for lang in missing:
        paths[lang].parent.mkdir(parents=True, exist_ok=True)
        paths[lang].write_text(skeleton(planned, interface[lang], names[lang].guides[guide]), "utf-8", newline="\n")
    return [paths[lang] for lang in missing]


def skeleton(guide: CatalogueGuide, interface: Interface, title: str) -> str:
    """The text of a guide's file before anything is written in it."""
    lines = ["---", f"title: {_yaml(title)}", f"summary: {PLACEHOLDER}", "situations:"]
    lines += [f"  - {PLACEHOLDER}"] * _COUNTS["situations"]
    lines += [f"advice: [{', '.join(guide.advice)}]", f"source: {guide.source}", "---", "", f"# {title}"]
    for anchor in SECTION_IDS:
        lines += ["", f"## {interface.sections[anchor]} {{#{anchor}}}", "", *_section(anchor, interface)]
    return "\n".join(lines) + "\n"


def _section(anchor: str, interface: Interface) -> list[str]:
    labels = interface.labels
    many = _COUNTS.get(anchor, 1)
    match anchor:
        case "what-to-say":
            kinds = (("failure", "weak"), ("tip", "better"), ("success", "best"))
            empty = f"    {PLACEHOLDER}"
            scripts = [line for mark, key in kinds for line in (f'!!! {mark} "{labels[key]}"', empty, "")]
            subject = f"    {labels['subject']}{LANGUAGE[interface.lang].colon}{PLACEHOLDER}"
            return [*scripts, f'!!! example "{interface.phrases.mail}"', subject, "", empty]
        case "push-back":
            return [f"**{PLACEHOLDER}**", "", PLACEHOLDER, "", f"**{PLACEHOLDER}**", "", PLACEHOLDER]
        case "steps":
            return [f"{number}. {PLACEHOLDER}" for number in range(1, many + 1)]
        case "checklist":
            return [f"- [ ] {PLACEHOLDER}"] * many
        case "across-cultures":
            language = LANGUAGE[interface.lang]
            own = country(language.code, interface.lang) or PLACEHOLDER
            return [f"- **{own}{language.colon.strip()}** {PLACEHOLDER}"]
        case "signs" | "pitfalls":
            return [f"- {PLACEHOLDER}"] * many
    return [PLACEHOLDER]


def _yaml(text: str) -> str:
    """A text as a YAML value, quoted where a plain one would not read back the same."""
    plain = text[:1] not in "'\"[]{}>|*&!%#`@,?:- " and ": " not in text and " #" not in text
    return text if plain else "'" + text.replace("'", "''") + "'"
