"""`content/style.yml`: turns that readers of a language have met too often, so that `check` can count them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rapport.content.problem import Problem, from_error
from rapport.content.yaml import read_yaml
from rapport.errors import ContentError
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from rapport.content.yaml import Lines
    from rapport.project import Project

FILE = "style.yml"
_KEYS = {"once", "time"}
_MEND = "write `once:` with lines of the form `name: regular expression`, and `time:` with one"


@dataclass(frozen=True, slots=True)
class Style:
    """What is counted in one language."""

    once: dict[str, re.Pattern[str]]
    """Turns that may stand once in a guide, by the name under which they are told."""
    time: re.Pattern[str] | None
    """Hours and days, on which replies close too easily."""


def load_styles(project: Project) -> tuple[dict[str, Style], list[Problem]]:
    """The styles by language; a language without one is only not counted, a project without the file neither."""
    path = project.content / FILE
    where = project.show(path)
    if not path.is_file():
        return {}, []
    try:
        data, places = read_yaml(path, where)
    except ContentError as error:
        return {}, [from_error(error, where)]
    styles: dict[str, Style] = {}
    problems: list[Problem] = []
    if not isinstance(data, dict):
        return {}, [Problem(where, 1, "must list languages with their turns", _MEND)]
    for lang, entry in data.items():
        if lang not in LANGUAGES or not isinstance(entry, dict) or not set(entry) <= _KEYS:
            problems.append(Problem(where, places.of(lang), f"{lang!r} is no language with its turns", _MEND))
            continue
        turns = entry.get("once") or {}
        if not isinstance(turns, dict):
            problems.append(Problem(where, places.of(lang, "once"), "`once` must hold names and expressions", _MEND))
            turns = {}
        once = {
            str(name): found
            for name, pattern in turns.items()
            if (found := _pattern(pattern, where, places, problems, lang, "once", name))
        }
        time = entry.get("time")
        styles[lang] = Style(once, _pattern(time, where, places, problems, lang, "time") if time else None)
    return styles, problems


def _pattern(value: Any, where: str, places: Lines, problems: list[Problem], *keys: Any) -> re.Pattern[str] | None:
    try:
        found = re.compile(value, re.IGNORECASE)
    except (re.error, TypeError) as error:
        problems.append(Problem(where, places.of(*keys), f"is no regular expression ({error})", "mend or quote it"))
        return None
    if found.search(""):
        problems.append(Problem(where, places.of(*keys), "is found everywhere", "write what it shall find"))
        return None
    return found
