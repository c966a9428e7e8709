"""Rules for the body of a guide: title, sections, scripts, lists, length."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel import Locale

from rapport.check.problem import Problem
from rapport.content.guides import SECTION_IDS, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rapport.check.frame import Frame
    from rapport.check.page import Line, Page
    from rapport.types import Section

SCRIPTS = ("failure", "tip", "success", "example")
_LABELS = {"failure": "weak", "tip": "better", "success": "best"}
_TERRITORIES = {"es": "ES", "ru": "RU", "ja": "JP", "nl": "NL", "de": "DE"}
_BODY_WORDS, _BODY_CHARACTERS = (550, 850), (1700, 2600)

_HEADING = re.compile(r"^(#{1,6}) +(.*?) *(\{#[^}\s]+\})? *$")
_ADMONITION = re.compile(r'^(?:!!!|\?\?\?\+?)\s*(\w*)\s*(?:"(.*)")?\s*$')
_COUNTRY = re.compile(r"^- \*\*(.+?)\s*[:：]\s*\*\*|^- \*\*(.+?)\*\*\s*[:：]")


@dataclass(frozen=True, slots=True)
class _List:
    pattern: re.Pattern[str]
    least: int
    most: int
    shape: str


_LISTS = {
    "signs": _List(re.compile(r"- "), 3, 5, "lines beginning with `- `"),
    "steps": _List(re.compile(r"\d+\. "), 4, 7, "lines beginning with `1. `, `2. ` and so on"),
    "pitfalls": _List(re.compile(r"- "), 3, 5, "lines beginning with `- `"),
    "checklist": _List(re.compile(r"- \[ \] "), 4, 6, "lines beginning with `- [ ] `"),
}


def section_problems(page: Page, frame: Frame | None) -> Iterator[Problem]:
    """Everything wrong with the shape of a guide's body; without `frame` the words of headings are not compared."""
    yield from _title(page)
    yield from _headings(page, frame)
    for section in page.guide.sections:
        lines = page.section_lines(section)
        if not any(line.strip() for _, line in lines):
            yield Problem(page.path, section.line, f"section {section.id or section.heading!r} is empty", "write it")
        elif section.id == "what-to-say":
            yield from _scripts(page, section, lines, frame)
        elif section.id == "across-cultures":
            yield from _countries(page, section, lines)
        elif section.id in _LISTS:
            yield from _list(page, section, lines)
    yield from _length(page)


def _title(page: Page) -> Iterator[Problem]:
    found = [(n, match) for n, line in page.body_lines() if (match := _HEADING.match(line)) and match[1] == "#"]
    if not found:
        yield Problem(page.path, page.guide.body_line, "the body has no title", "begin it with `# ` and the title")
        return
    line, match = found[0]
    if page.sound and match[2] != " ".join(page.guide.title.split()):
        mend = f"write `# {page.guide.title}`, or mend `title`"
        yield Problem(page.path, line, f"the heading {match[2]!r} is not the title", mend)
    for line, match in found[1:]:
        yield Problem(page.path, line, f"a second title {match[2]!r}", "write sections with `## ` and an id")


def _headings(page: Page, frame: Frame | None) -> Iterator[Problem]:
    for line, text in page.body_lines():
        match = _HEADING.match(text)
        if match and len(match[1]) > 1 and not match[3]:
            mend = "end it with its id, as in `## … {#why}`"
            yield Problem(page.path, line, f"the heading {match[2]!r} has no id", mend)
    seen: dict[str, Section] = {}
    last = -1
    for section in page.guide.sections:
        if not section.id:
            continue
        if section.id in seen:
            mend = "keep one of them"
            yield Problem(
                page.path, section.line, f"section {section.id} stands already in line {seen[section.id].line}", mend
            )
            continue
        seen[section.id] = section
        if section.id not in SECTION_IDS:
            mend = f"the sections are {', '.join(SECTION_IDS)}"
            yield Problem(page.path, section.line, f"unknown section {section.id}", mend)
            continue
        place = SECTION_IDS.index(section.id)
        if place < last:
            mend = f"move it before {SECTION_IDS[last]}"
            yield Problem(page.path, section.line, f"section {section.id} stands too late", mend)
        last = max(last, place)
        wanted = frame.sections.get(section.id) if frame else None
        if wanted and section.heading != wanted:
            mend = f"write `## {wanted} {{#{section.id}}}`"
            yield Problem(page.path, section.line, f"the heading of {section.id} is {section.heading!r}", mend)
    for place, name in enumerate(SECTION_IDS):
        if name not in seen:
            later = [seen[other].line for other in SECTION_IDS[place:] if other in seen]
            heading = frame.sections.get(name, "…") if frame else "…"
            line = min(later, default=page.guide.body_line + page.guide.body.rstrip().count("\n"))
            yield Problem(
                page.path, line, f"section {name} is missing", f"write `## {heading} {{#{name}}}` before this"
            )


def _scripts(page: Page, section: Section, lines: list[Line], frame: Frame | None) -> Iterator[Problem]:
    found: list[tuple[int, str]] = []
    for at, (number, line) in enumerate(lines):
        match = _ADMONITION.match(line)
        if not match:
            if line.startswith(("!!!", "???")):
                yield Problem(page.path, number, f"cannot read {line!r}", 'write it as `!!! tip "…"`')
            continue
        kind, title = match[1], match[2]
        found.append((number, kind))
        if kind not in SCRIPTS or line.startswith("?"):
            mend = f"what-to-say holds {', '.join(f'`!!! {name}`' for name in SCRIPTS)}"
            yield Problem(page.path, number, f"unknown script {line!r}", mend)
            continue
        wanted = frame.labels.get(_LABELS.get(kind, "")) if frame else None
        if not title or (wanted and title != wanted):
            what = f"`{kind}` is titled {title!r}" if title else f"`{kind}` has no title"
            yield Problem(page.path, number, what, f'write `!!! {kind} "{wanted or "…"}"`')
        following = next((text for _, text in lines[at + 1 :] if text.strip()), "")
        if not following.startswith("    "):
            mend = "write its text below, every line indented by four spaces"
            yield Problem(page.path, number, f"`{kind}` is empty", mend)
    kinds = [kind for _, kind in found if kind in SCRIPTS]
    for kind in SCRIPTS:
        if kinds.count(kind) != 1:
            where = next((n for n, other in reversed(found) if other == kind), section.line)
            yield Problem(page.path, where, f"{kinds.count(kind)} × `!!! {kind}` in what-to-say", "write exactly one")
    once = list(dict.fromkeys(kinds))
    if once != [kind for kind in SCRIPTS if kind in once]:
        where = next(n for n, kind in found if kind in SCRIPTS)
        yield Problem(page.path, where, f"the scripts come as {', '.join(once)}", f"put them as {', '.join(SCRIPTS)}")


def _countries(page: Page, section: Section, lines: list[Line]) -> Iterator[Problem]:
    names = Locale(page.guide.lang).territories
    order = [page.guide.lang, *(lang for lang in _TERRITORIES if lang != page.guide.lang)]
    wanted = [names[_TERRITORIES[lang]] for lang in order]
    found: dict[str, int] = {}
    for number, line in lines:
        if not line.startswith("- "):
            continue
        match = _COUNTRY.match(line)
        country = (match[1] or match[2]) if match else ""
        if country not in wanted:
            mend = f"write `- **{wanted[0]}:** …`, one line for each of {', '.join(wanted)}"
            yield Problem(page.path, number, f"{country or line[:30]!r} is none of the five countries", mend)
        elif country in found:
            yield Problem(page.path, number, f"{country} stands already in line {found[country]}", "make it one line")
        found.setdefault(country, number)
    for country in wanted:
        if country not in found:
            yield Problem(
                page.path, section.line, f"{country} is missing in across-cultures", f"write `- **{country}:** …`"
            )
    if wanted[0] in found and found[wanted[0]] != min(found.values()):
        yield Problem(page.path, found[wanted[0]], f"{wanted[0]}, the reader's own country, is not first", "move it up")


def _list(page: Page, section: Section, lines: list[Line]) -> Iterator[Problem]:
    rule = _LISTS[section.id]
    count = sum(bool(rule.pattern.match(line)) for _, line in lines)
    if not rule.least <= count <= rule.most:
        mend = f"write {rule.least} to {rule.most} {rule.shape}"
        yield Problem(page.path, section.line, f"{count} items in {section.id}", mend)
    if section.id == "checklist":
        for number, line in lines:
            if re.match(r"[-*+] ", line) and not rule.pattern.match(line):
                yield Problem(page.path, number, "a line of the checklist has no empty box", "begin it with `- [ ] `")


def _length(page: Page) -> Iterator[Problem]:
    text = plain(page.guide.body)
    if page.guide.lang == "ja":
        (least, most), size, unit = _BODY_CHARACTERS, len("".join(text.split())), "characters"
    else:
        (least, most), size, unit = _BODY_WORDS, len(text.split()), "words"
    if not least <= size <= most:
        mend = f"{'lengthen' if size < least else 'shorten'} it to between {least} and {most}"
        yield Problem(page.path, page.guide.body_line, f"the body has {size} {unit}", mend)
