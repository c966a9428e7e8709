"""Read the question bank and the judged questions: JSON Lines written by people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rapport.content.guides import SECTION_IDS
from rapport.content.yaml import read_text
from rapport.errors import ContentError
from rapport.languages import LANGUAGES
from rapport.types import BankQuestion, JudgedQuestion

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rapport.content.catalogue import Catalogue
    from rapport.project import Project

KINDS = ("short", "long", "rough", "none")
_BANK_KEYS = {"guide", "section", "text"}
_JUDGED_KEYS = {"id", "lang", "kind", "guide", "also", "section", "text"}


def read_bank(project: Project, catalogue: Catalogue) -> list[BankQuestion]:
    """The whole bank, by language and then in file order. Raises ContentError at the first unusable line."""
    questions = []
    for lang in LANGUAGES:
        path = project.bank / f"{lang}.jsonl"
        where = project.show(path)
        seen: dict[str, int] = {}
        for line, entry in read_json_lines(path, where):
            _refuse_unknown(entry, _BANK_KEYS, where, line)
            text = _text(entry, where, line)
            if text.casefold() in seen:
                raise ContentError(
                    f"stands already in line {seen[text.casefold()]}", where=where, line=line, mend="delete one of them"
                )
            seen[text.casefold()] = line
            section = _section(entry, where, line)
            questions.append(BankQuestion(_guide(entry, catalogue, where, line), lang, text, section))
    return questions


def read_judged(project: Project, catalogue: Catalogue, folder: Path | None = None) -> list[JudgedQuestion]:
    """All judged questions of a folder (default: the project's own). Raises ContentError at the first unusable one."""
    folder = folder or project.judged
    questions = []
    ids: set[str] = set()
    for lang in LANGUAGES:
        path = folder / f"{lang}.jsonl"
        where = project.show(path)
        for line, entry in read_json_lines(path, where):
            _refuse_unknown(entry, _JUDGED_KEYS, where, line)
            name, guide = entry.get("id"), _guide(entry, catalogue, where, line)
            if not isinstance(name, str) or name in ids:
                raise ContentError("`id` must be a text of its own", where=where, line=line)
            ids.add(name)
            if entry.get("lang") != lang:
                raise ContentError(f"`lang` must be {lang!r} in this file", where=where, line=line)
            if entry.get("kind") not in KINDS or (entry["kind"] == "none") != (guide is None):
                raise ContentError(
                    "`kind` must be short, long or rough, or none without a guide", where=where, line=line
                )
            also = entry.get("also", [])
            if not isinstance(also, list) or not all(isinstance(other, str) for other in also):
                raise ContentError("`also` must be a list of guides", where=where, line=line)
            strange = [other for other in also if other not in catalogue.guides]
            if strange:
                raise ContentError(f"no guide {strange[0]!r} in the catalogue", where=where, line=line)
            section, text = _section(entry, where, line), _text(entry, where, line)
            questions.append(JudgedQuestion(name, lang, entry["kind"], guide, tuple(also), section, text))
    return questions


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


def read_json_lines(path: Path, where: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """`parse_json_lines` of a file."""
    return parse_json_lines(read_text(path, where), where)


def _refuse_unknown(entry: dict[str, Any], known: set[str], where: str, line: int) -> None:
    if unknown := sorted(set(entry) - known):
        raise ContentError(
            f"unknown key {unknown[0]!r}", where=where, line=line, mend=f"known are {', '.join(sorted(known))}"
        )


def _text(entry: dict[str, Any], where: str, line: int) -> str:
    text = entry.get("text")
    if not isinstance(text, str) or not text.strip():
        raise ContentError("`text` is missing or empty", where=where, line=line)
    return " ".join(text.split())


def _section(entry: dict[str, Any], where: str, line: int) -> str | None:
    section: str | None = entry.get("section")
    if section is not None and section not in SECTION_IDS:
        raise ContentError(
            f"no section {section!r}",
            where=where,
            line=line,
            mend=f"use one of {', '.join(SECTION_IDS)}, or leave it out",
        )
    return section


def _guide(entry: dict[str, Any], catalogue: Catalogue, where: str, line: int) -> str | None:
    if "guide" not in entry:
        raise ContentError("`guide` is missing", where=where, line=line, mend='write the guide\'s id, or "guide": null')
    guide: str | None = entry["guide"]
    if guide is not None and (not isinstance(guide, str) or guide not in catalogue.guides):
        raise ContentError(
            f"no guide {guide!r} in the catalogue", where=where, line=line, mend="see content/guides.yml for the ids"
        )
    return guide
