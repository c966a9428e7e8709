"""`rapport new`: lay down a guide that the catalogue names, in every language that lacks it, ready to be filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapport.content.catalogue import read_catalogue
from rapport.content.interface import country, read_catalogue_titles, read_interface
from rapport.content.sections import SECTION_IDS
from rapport.errors import UsageError
from rapport.languages import LANGUAGE, LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

    from rapport.content.catalogue import CatalogueGuide
    from rapport.content.interface import Interface
    from rapport.project import Project

_COUNTS = {"signs": 3, "steps": 3, "pitfalls": 2, "checklist": 3, "situations": 4}
"""The fewest items that content/standard.md asks for."""
_EMPTY = "…"
"""Stands where words are to come; `rapport check` names every guide in which one is left."""


def new_guide(project: Project, theme: str, guide: str) -> list[Path]:
    """Write the skeleton of a guide in the languages that have none, and return the new files.

    Headings, labels, ids, advice codes and source come from `i18n/` and the catalogue. UsageError where the catalogue
    does not name the guide in this theme, or where it is there in every language already. Nothing is overwritten.
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
    paths = {lang: project.docs / lang / theme / f"{guide}.md" for lang in LANGUAGES}
    missing = [lang for lang in LANGUAGES if not paths[lang].exists()]
    if not missing:
        raise UsageError(f"the guide {guide!r} is there in every language", mend="edit the files in docs/")
    for lang in missing:
        paths[lang].parent.mkdir(parents=True, exist_ok=True)
        paths[lang].write_text(skeleton(planned, interface[lang], names[lang].guides[guide]), "utf-8", newline="\n")
    return [paths[lang] for lang in missing]


def skeleton(guide: CatalogueGuide, interface: Interface, title: str) -> str:
    """The text of a guide's file before anything is written in it."""
    lines = ["---", f"title: {_yaml(title)}", f"summary: {_EMPTY}", "situations:"]
    lines += [f"  - {_EMPTY}"] * _COUNTS["situations"]
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
            scripts = [line for mark, key in kinds for line in (f'!!! {mark} "{labels[key]}"', f"    {_EMPTY}", "")]
            subject = f"{labels['subject']}{LANGUAGE[interface.lang].colon}{_EMPTY}"
            return [*scripts, f'!!! example "{interface.phrases.mail}"', f"    {subject}", "", f"    {_EMPTY}"]
        case "push-back":
            return [f"**{_EMPTY}**", "", _EMPTY, "", f"**{_EMPTY}**", "", _EMPTY]
        case "steps":
            return [f"{number}. {_EMPTY}" for number in range(1, many + 1)]
        case "checklist":
            return [f"- [ ] {_EMPTY}"] * many
        case "across-cultures":
            language = LANGUAGE[interface.lang]
            own = country(language.code, interface.lang) or _EMPTY
            return [f"- **{own}{language.colon.strip()}** {_EMPTY}"]
        case "signs" | "pitfalls":
            return [f"- {_EMPTY}"] * many
    return [_EMPTY]


def _yaml(text: str) -> str:
    """A text as a YAML value, quoted where a plain one would not read back the same."""
    plain = text[:1] not in "'\"[]{}>|*&!%#`@,?:- " and ": " not in text and " #" not in text
    return text if plain else "'" + text.replace("'", "''") + "'"
