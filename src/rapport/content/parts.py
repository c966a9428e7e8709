"""Read the parts of composed examples: sentences that decide no guide, to be put around a question."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rapport.content.problem import Level, Problem, from_error, sound
from rapport.content.questions import parse_json
from rapport.content.yaml import read_text
from rapport.errors import ContentError
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from rapport.project import Project

KINDS = ("opening", "background", "trouble", "ending")
"""What a part is: a greeting; who one is; a small trouble beside the point; a thank you."""

_FORM = 'write {"kind": "background", "text": "…"}'

Parts = dict[str, tuple[str, ...]]
"""Texts by kind."""


def load_parts(project: Project) -> tuple[dict[str, Parts], list[Problem]]:
    """The parts of every language that has a file of them, and what is wrong with it."""
    found: dict[str, Parts] = {}
    problems: list[Problem] = []
    for lang in LANGUAGES:
        path = project.parts / f"{lang}.jsonl"
        where = project.show(path)
        if not path.exists():
            mend = "let someone write parts to compose examples from, or leave the language without composed ones"
            problems.append(Problem(where, 1, "is missing", mend, Level.HINT))
            continue
        try:
            found[lang], wrong = _read(path, where)
        except ContentError as error:
            wrong = [from_error(error, where)]
        problems += wrong
    return found, problems


def read_parts(project: Project) -> Mapping[str, Parts]:
    """`load_parts`; ContentError at the first thing that is wrong."""
    return sound(load_parts(project))


def _read(path: Path, where: str) -> tuple[Parts, list[Problem]]:
    texts: dict[str, list[str]] = {kind: [] for kind in KINDS}
    problems: list[Problem] = []
    seen: Counter[str] = Counter()
    for number, line in enumerate(read_text(path, where).split("\n"), 1):
        if not line.strip():
            continue
        entry, wrong = parse_json(line)
        text = entry.get("text") if isinstance(entry, dict) else None
        if wrong or not isinstance(entry, dict) or set(entry) != {"kind", "text"}:
            problems.append(Problem(where, number, wrong or "must hold `kind` and `text`", _FORM))
        elif entry["kind"] not in KINDS:
            problems.append(Problem(where, number, f"unknown kind {entry['kind']!r}", f"known are {', '.join(KINDS)}"))
        elif not isinstance(text, str) or not text.strip():
            problems.append(Problem(where, number, "`text` is missing or empty", "write it, or delete the line"))
        elif seen[text.casefold()]:
            problems.append(Problem(where, number, "the part stands already above", "delete one of them"))
        else:
            seen[text.casefold()] += 1
            texts[entry["kind"]].append(" ".join(text.split()))
    return {kind: tuple(of) for kind, of in texts.items()}, problems
