"""Which guide is current, behind or missing in which language."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rapport.content.catalogue import read_catalogue
from rapport.content.guides import read_guides
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rapport.content.guides import Guide
    from rapport.project import Project


class State(StrEnum):
    """How a guide in one language stands to the version that was written first."""

    SOURCE = "source"
    CURRENT = "current"
    BEHIND = "behind"
    """The source has changed since this version followed it."""
    UNCHECKED = "unchecked"
    """No hash says which source text this version follows, or there is no source."""
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One guide of the catalogue in one language."""

    guide: str
    theme: str
    lang: str
    state: State
    reviewed: str
    """ISO date of the last reading by someone else; empty where there was none."""


def source_hash(guide: Guide) -> str:
    """First 12 hex digits of the SHA-256 of what a translation follows: title, summary, situations and body.

    Line ends and trailing space do not count, nor do dates.
    """
    parts = [guide.title, guide.summary, *guide.situations, guide.document.body]
    lines = [line.rstrip() for part in parts for line in part.strip().split("\n")]
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()[:12]


def state_of(guide: Guide | None, source: Guide | None) -> State:
    """How a guide stands to `source`: the same guide in the language that the catalogue calls its source."""
    if guide is None:
        return State.MISSING
    if source is None:
        return State.UNCHECKED
    if guide.lang == source.lang:
        return State.SOURCE
    if not guide.translated:
        return State.UNCHECKED
    return State.CURRENT if guide.translated == source_hash(source) else State.BEHIND


def status(project: Project) -> list[StatusRow]:
    """A row for every guide of the catalogue (in its order) and language. ContentError where a file is unreadable."""
    catalogue = read_catalogue(project)
    guides = {(guide.id, guide.theme, guide.lang): guide for guide in read_guides(project, catalogue)}
    rows = []
    for planned in catalogue.guides.values():
        source = guides.get((planned.id, planned.theme, planned.source))
        for lang in LANGUAGES:
            guide = guides.get((planned.id, planned.theme, lang))
            reviewed = guide.reviewed if guide else ""
            rows.append(StatusRow(planned.id, planned.theme, lang, state_of(guide, source), reviewed))
    return rows


def render(rows: Sequence[StatusRow], *, written_only: bool = False) -> str:
    """The rows as a plain-text table, one line per guide, then how many of each state a language has.

    `*` marks what nobody but its writer has read. With `written_only`, guides that exist nowhere are left out.
    """
    guides: dict[str, dict[str, StatusRow]] = {}
    for row in rows:
        guides.setdefault(row.guide, {})[row.lang] = row
    table = [["guide", *LANGUAGES]]
    for guide, by_lang in guides.items():
        if not written_only or any(row.state is not State.MISSING for row in by_lang.values()):
            table.append([guide, *(_cell(by_lang[lang]) for lang in LANGUAGES)])
    totals = [[state, *(str(_count(rows, lang, state)) for lang in LANGUAGES)] for state in State]
    unread = [
        "* not reviewed",
        *(str(sum(_cell(row)[-1] == "*" for row in rows if row.lang == lang)) for lang in LANGUAGES),
    ]
    widths = [max(map(len, column)) for column in zip(*table, *totals, unread, strict=True)]

    def lines(part: list[list[str]]) -> list[str]:
        return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in part]

    return "\n".join([*lines(table), "", *lines([*totals, unread])])


def _cell(row: StatusRow) -> str:
    return row.state if row.state is State.MISSING or row.reviewed else f"{row.state} *"


def _count(rows: Sequence[StatusRow], lang: str, state: State) -> int:
    return sum(row.lang == lang and row.state is state for row in rows)
