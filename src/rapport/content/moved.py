"""`content/moved.yml`: addresses that guides had once, and where their readers are led now.

    money/old-name: money/new-name     renamed, or given up for another guide
    money/gone: money                  given up: the page of a theme, or `index` for the home page

`rapport rename` and `rapport retire` keep it. An address stays in it for good: somebody has it in a mail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapport.content.problem import Problem, from_error, sound
from rapport.content.yaml import read_yaml
from rapport.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from rapport.content.catalogue import Catalogue
    from rapport.project import Project

HOME = "index"
"""The home page of a language, as the target of a move."""


def moved_path(project: Project) -> Path:
    """Where the list lies; a project in which nothing was moved has none."""
    return project.content / "moved.yml"


def load_moved(project: Project, catalogue: Catalogue) -> tuple[dict[str, str], list[Problem]]:
    """Old address (`theme/id`) → new one (`theme/id`, a theme, or `index`), and what is wrong with the list."""
    path = moved_path(project)
    where = project.show(path)
    if not path.exists():
        return {}, []
    try:
        data, lines = read_yaml(path, where)
    except ContentError as error:
        return {}, [from_error(error, where)]
    if not isinstance(data, dict):
        return {}, [Problem(where, 1, "must hold old and new addresses", "write `money/old: money/new`")]
    problems = [
        Problem(where, lines.of(old), f"{old!r}: {what}", mend)
        for old, new in data.items()
        for what, mend in _wrong(old, new, data, catalogue)
    ]
    return {} if problems else data, problems


def read_moved(project: Project, catalogue: Catalogue) -> dict[str, str]:
    """`load_moved`; ContentError at the first thing that is wrong."""
    return sound(load_moved(project, catalogue))


def _wrong(old: object, new: object, data: Mapping[object, object], catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    there = {f"{guide.theme}/{guide.id}" for guide in catalogue.guides.values()}
    parts = old.split("/") if isinstance(old, str) else []
    if len(parts) != 2 or not all(part.replace("-", "").isalnum() and part.isascii() for part in parts):
        yield "is no address of a guide", "write it as `theme/id`"
    elif old in there:
        yield "there is such a guide", "delete the line"
    if new in data:
        yield f"leads to {new!r}, which has moved itself", f"write `{old}: {data[new]}`"
    elif new not in {*there, *catalogue.themes, HOME}:
        yield f"leads to {new!r}, where no page is", f"name a guide as `theme/id`, a theme, or {HOME}"
