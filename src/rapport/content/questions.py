"""Read the question bank, the judged questions and the stories: JSON Lines written by people."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from rapport.content.problem import Level, Problem, from_error, sound
from rapport.content.sections import SECTION_IDS
from rapport.content.yaml import read_text
from rapport.errors import ContentError
from rapport.languages import LANGUAGES
from rapport.types import JUDGED_KINDS, BankQuestion, JudgedQuestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from rapport.content.catalogue import Catalogue
    from rapport.project import Project

_BANK_KEYS = ("guide", "section", "text")
_STORY_KEYS = ("guide", "text")
_JUDGED_KEYS = ("id", "lang", "kind", "guide", "also", "section", "text")
_FORM = 'write {"guide": "…", "text": "…"}'

Found = TypeVar("Found", BankQuestion, JudgedQuestion)


@dataclass(frozen=True, slots=True)
class Questions(Generic[Found]):
    """The questions of one language's file; `lines` tells where each of them stands."""

    path: str
    """Relative to the project."""
    lang: str
    questions: tuple[Found, ...]
    lines: tuple[int, ...]


def load_bank(project: Project, catalogue: Catalogue) -> tuple[list[Questions[BankQuestion]], list[Problem]]:
    """The bank's files that can be read, with every question that is sound, and what is wrong with the others."""

    def question(entry: dict[str, Any], lang: str, place: _Place) -> BankQuestion:
        return BankQuestion(entry.get("guide"), lang, _flat(entry), entry.get("section"))

    return _load(project, project.bank, _BANK_KEYS, catalogue, question)


def read_bank(project: Project, catalogue: Catalogue) -> list[BankQuestion]:
    """The whole bank, by language and then in file order; ContentError at the first thing that is wrong."""
    return [question for file in sound(load_bank(project, catalogue)) for question in file.questions]


def load_stories(project: Project, catalogue: Catalogue) -> tuple[list[Questions[BankQuestion]], list[Problem]]:
    """The same of the stories that the network learns from; a language may have none yet."""

    def story(entry: dict[str, Any], lang: str, place: _Place) -> BankQuestion:
        return BankQuestion(entry.get("guide"), lang, _flat(entry))

    hint = "let someone write stories to learn from, or leave it to those of other languages"
    return _load(project, project.stories, _STORY_KEYS, catalogue, story, missing=hint)


def read_stories(project: Project, catalogue: Catalogue) -> list[BankQuestion]:
    """All stories, by language and then in file order; ContentError at the first thing that is wrong."""
    return [story for file in sound(load_stories(project, catalogue)) for story in file.questions]


def load_judged(
    project: Project, catalogue: Catalogue, folder: Path | None = None
) -> tuple[list[Questions[JudgedQuestion]], list[Problem]]:
    """The same of the judged questions in a folder (default: the project's own); a language may have none yet."""
    ids: dict[str, str] = {}

    def question(entry: dict[str, Any], lang: str, place: _Place) -> JudgedQuestion:
        _judged_problems(entry, lang, place, ids, catalogue)
        also = entry.get("also", [])
        return JudgedQuestion(
            str(entry.get("id")),
            lang,
            str(entry.get("kind")),
            entry.get("guide"),
            tuple(also) if isinstance(also, list) else (),
            entry.get("section"),
            _flat(entry),
        )

    hint = "let someone write questions to measure with who has read neither guides nor bank"
    return _load(project, folder or project.judged, _JUDGED_KEYS, catalogue, question, missing=hint)


def read_judged(project: Project, catalogue: Catalogue, folder: Path | None = None) -> list[JudgedQuestion]:
    """All judged questions of a folder; ContentError at the first thing that is wrong."""
    return [question for file in sound(load_judged(project, catalogue, folder)) for question in file.questions]


@dataclass(slots=True)
class _Place:
    """A line of a file, and what is wrong with it."""

    path: str
    line: int
    problems: list[Problem] = field(default_factory=list)

    def problem(self, what: str, mend: str) -> None:
        self.problems.append(Problem(self.path, self.line, what, mend))


def _load(
    project: Project,
    folder: Path,
    keys: tuple[str, ...],
    catalogue: Catalogue,
    question: Callable[[dict[str, Any], str, _Place], Found],
    *,
    missing: str = "",
) -> tuple[list[Questions[Found]], list[Problem]]:
    """`missing`: what to do about a language without a file, where it may lack one."""
    files: list[Questions[Found]] = []
    problems: list[Problem] = []
    for lang in LANGUAGES:
        path = folder / f"{lang}.jsonl"
        where = project.show(path)
        if missing and not path.exists():
            problems.append(Problem(where, 1, "is missing", missing, Level.HINT))
            continue
        try:
            text = read_text(path, where)
        except ContentError as error:
            problems.append(from_error(error, where))
            continue
        found: dict[int, Found] = {}
        seen: dict[str, int] = {}
        for number, line in enumerate(text.split("\n"), 1):
            if not line.strip():
                continue
            place = _Place(where, number)
            entry, wrong = parse_json(line)
            if wrong:
                place.problem(wrong, _FORM)
            elif not isinstance(entry, dict):
                place.problem("must be an object in braces", _FORM)
            else:
                is_usable = _line_problems(entry, keys, catalogue, place)
                one = question(entry, lang, place)
                if is_usable:
                    first = seen.setdefault(one.text.casefold(), number)
                    if first != number:
                        place.problem(f"the question stands already in line {first}", "delete one of them")
                    found[number] = one
            problems += place.problems
        files.append(Questions(where, lang, tuple(found.values()), tuple(found)))
    return files, problems


def _flat(entry: dict[str, Any]) -> str:
    text = entry.get("text")
    return " ".join(text.split()) if isinstance(text, str) else ""


def _line_problems(entry: dict[str, Any], keys: tuple[str, ...], catalogue: Catalogue, place: _Place) -> bool:
    """Note what is wrong; whether there is a question all the same, and one knows for which guide."""
    for key in entry:
        if key not in keys:
            place.problem(f"unknown key {key!r}", f"known are {', '.join(keys)}")
    has_text = bool(_flat(entry))
    if not has_text:
        place.problem("`text` is missing or empty", "write the question, or delete the line")
    guide, section, has_guide = entry.get("guide"), entry.get("section"), False
    if "guide" not in entry:
        place.problem("`guide` is missing", 'write the guide\'s id, or "guide": null')
    elif not (has_guide := guide is None or (isinstance(guide, str) and guide in catalogue.guides)):
        place.problem(f"no guide {guide!r} in the catalogue", "content/guides.yml lists the ids")
    if section is not None and section not in SECTION_IDS:
        place.problem(f"unknown section {section!r}", f"use one of {', '.join(SECTION_IDS)}, or leave it out")
    return has_text and has_guide


def _judged_problems(
    entry: dict[str, Any], lang: str, place: _Place, ids: dict[str, str], catalogue: Catalogue
) -> None:
    name, kind, also = entry.get("id"), entry.get("kind"), entry.get("also", [])
    here = f"{place.path}:{place.line}"
    if not isinstance(name, str) or not name:
        place.problem("`id` is missing or not a text", "write one that no other question has")
    elif ids.setdefault(name, here) != here:
        place.problem(f"`id` {name!r} stands already at {ids[name]}", "write one of its own")
    if entry.get("lang") != lang:
        place.problem(f"`lang` is {entry.get('lang')!r}", f'write "lang": "{lang}", as the file')
    if kind not in JUDGED_KINDS or (kind != "real" and (kind == "none") != (entry.get("guide") is None)):
        place.problem(f"`kind` is {kind!r}", "write short, long, rough or real, or none where `guide` is null")
    if not isinstance(also, list) or any(not isinstance(one, str) or one not in catalogue.guides for one in also):
        place.problem(f"`also` is {also!r}", "list ids of content/guides.yml, or write []")


def parse_json(line: str) -> tuple[Any, str]:
    """The value of a line of JSON, and what is wrong with it: empty where it can be written as JSON again."""
    try:
        value = json.loads(line)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        return None, "holds half a character (a lone \\u escape)"
    except (ValueError, RecursionError) as error:  # ValueError also for NaN and for numbers of thousands of digits
        return None, f"is not JSON ({getattr(error, 'msg', None) or error})"
    return value, ""


def parse_json_lines(text: str, where: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Pairs (1-based line, object) of JSON Lines, empty lines skipped."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        entry, wrong = parse_json(line)
        if wrong:
            raise ContentError(wrong, where=where, line=number, mend="mend that line")
        if not isinstance(entry, dict):
            raise ContentError("must be an object in braces", where=where, line=number)
        yield number, entry
