"""Rules for the question bank and the judged questions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rapport.check.front_rules import fold
from rapport.check.problem import Problem, from_error
from rapport.content.guides import SECTION_IDS
from rapport.content.questions import KINDS, parse_json
from rapport.content.yaml import read_text
from rapport.errors import ContentError
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from rapport.content.catalogue import Catalogue
    from rapport.project import Project

BANK_PER_GUIDE, BANK_NONE = 20, 100
JUDGED_PER_GUIDE, JUDGED_NONE = 3, 30
"""Fewest questions per language."""

_BANK_KEYS = ("guide", "section", "text")
_JUDGED_KEYS = ("id", "lang", "kind", "guide", "also", "section", "text")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of JSON Lines that is an object with a text."""

    line: int
    data: dict[str, Any]
    text: str


def bank_problems(
    project: Project,
    catalogue: Catalogue,
    written: Mapping[str, Collection[str]],
    situations: Mapping[str, Mapping[str, str]],
) -> Iterator[Problem]:
    """Everything wrong with bank and judged questions.

    `written`: guides by language; `situations`: per language, `fold`ed situation → the place where it stands.
    """
    ids: dict[str, str] = {}
    for lang in LANGUAGES:
        judged, problems = _read(project, project.judged / f"{lang}.jsonl", _JUDGED_KEYS, catalogue)
        yield from problems
        where = project.show(project.judged / f"{lang}.jsonl")
        if judged is not None:
            yield from _judged_lines(where, lang, judged, ids, catalogue)
            yield from _counts(where, judged, written.get(lang, ()), JUDGED_PER_GUIDE, JUDGED_NONE)
        taken = dict(situations.get(lang, {}))
        taken.update({fold(entry.text): f"{where}:{entry.line}" for entry in judged or ()})
        bank, problems = _read(project, project.bank / f"{lang}.jsonl", _BANK_KEYS, catalogue)
        yield from problems
        if bank is not None:
            where = project.show(project.bank / f"{lang}.jsonl")
            for entry in bank:
                if place := taken.get(fold(entry.text)):
                    mend = "keep it out of the bank: ask in another way"
                    yield Problem(where, entry.line, f"the question stands already at {place}", mend)
            yield from _counts(where, bank, catalogue.guides, BANK_PER_GUIDE, BANK_NONE)


def _read(
    project: Project, path: Path, keys: tuple[str, ...], catalogue: Catalogue
) -> tuple[list[_Entry] | None, list[Problem]]:
    where = project.show(path)
    try:
        text = read_text(path, where)
    except ContentError as error:
        return None, [from_error(error, where)]
    entries: list[_Entry] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        data, wrong = parse_json(line)
        if wrong:
            problems.append(Problem(where, number, wrong, 'write {"guide": "…", "text": "…"}'))
            continue
        if not isinstance(data, dict):
            problems.append(Problem(where, number, "is no object in braces", 'write {"guide": "…", "text": "…"}'))
            continue
        problems += _line_problems(where, number, data, keys, catalogue)
        if isinstance(data.get("text"), str) and data["text"].strip():
            entry = _Entry(number, data, " ".join(data["text"].split()))
            entries.append(entry)
            first = seen.setdefault(entry.text.casefold(), number)
            if first != number:
                problems.append(
                    Problem(where, number, f"the question stands already in line {first}", "delete one of them")
                )
    return entries, problems


def _line_problems(
    where: str, line: int, data: dict[str, Any], keys: tuple[str, ...], catalogue: Catalogue
) -> Iterator[Problem]:
    for key in data:
        if key not in keys:
            yield Problem(where, line, f"unknown key {key!r}", f"known are {', '.join(keys)}")
    text, guide = data.get("text"), data.get("guide")
    if not isinstance(text, str) or not text.strip():
        yield Problem(where, line, "`text` is missing or empty", "write the question, or delete the line")
    if "guide" not in data:
        yield Problem(where, line, "`guide` is missing", 'write the guide\'s id, or "guide": null')
    elif guide is not None and (not isinstance(guide, str) or guide not in catalogue.guides):
        yield Problem(where, line, f"no guide {guide!r} in the catalogue", "content/guides.yml lists the ids")
    section = data.get("section")
    if section is not None and section not in SECTION_IDS:
        yield Problem(where, line, f"unknown section {section!r}", f"the sections are {', '.join(SECTION_IDS)}")


def _judged_lines(
    where: str, lang: str, entries: list[_Entry], ids: dict[str, str], catalogue: Catalogue
) -> Iterator[Problem]:
    for entry in entries:
        name, data, place = entry.data.get("id"), entry.data, f"{where}:{entry.line}"
        if not isinstance(name, str) or not name:
            yield Problem(where, entry.line, "`id` is missing or not a text", "write one that no other question has")
        elif ids.setdefault(name, place) != place:
            yield Problem(where, entry.line, f"`id` {name!r} stands already at {ids[name]}", "write one of its own")
        if data.get("lang") != lang:
            yield Problem(where, entry.line, f"`lang` is {data.get('lang')!r}", f'write "lang": "{lang}", as the file')
        kind = data.get("kind")
        if kind not in KINDS or (kind == "none") != (data.get("guide") is None):
            mend = "write short, long or rough, or none where `guide` is null"
            yield Problem(where, entry.line, f"`kind` is {kind!r}", mend)
        also = data.get("also", [])
        if not isinstance(also, list) or any(
            not isinstance(other, str) or other not in catalogue.guides for other in also
        ):
            yield Problem(where, entry.line, f"`also` is {also!r}", "list ids of content/guides.yml, or write []")


def _counts(
    where: str, entries: list[_Entry], guides: Collection[str], per_guide: int, without: int
) -> Iterator[Problem]:
    count = Counter(str(entry.data["guide"]) for entry in entries if entry.data.get("guide") is not None)
    for guide in guides:
        if count[guide] < per_guide:
            mend = f"write at least {per_guide - count[guide]} more"
            yield Problem(where, 1, f"{count[guide]} questions for {guide}, at least {per_guide} are needed", mend)
    none = sum("guide" in entry.data and entry.data["guide"] is None for entry in entries)
    if none < without:
        mend = f'write at least {without - none} more with "guide": null'
        yield Problem(where, 1, f"{none} questions without an answer, at least {without} are needed", mend)
