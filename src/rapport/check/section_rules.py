"""Rules for the body of a guide: title, sections, scripts, lists, length."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapport.content.blocks import Exchange, Heading, Item, Items, Paragraph, Words, all_words, walk
from rapport.content.interface import country
from rapport.content.problem import Problem
from rapport.content.sections import SECTION_IDS
from rapport.content.text import plain, scripts
from rapport.languages import LANGUAGE, LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rapport.content.blocks import Section
    from rapport.content.guides import Guide
    from rapport.content.interface import Interface

SCRIPTS = ("failure", "tip", "success", "example")
_LABELS = {"failure": "weak", "tip": "better", "success": "best"}
_FOREIGN_COUNTRIES = 4
_EXCHANGES = (2, 4)
_BODY_WORDS, _BODY_CHARACTERS = (450, 850), (1500, 2600)

_COUNTRY = re.compile(r"(.+?)\s*[:：]\s*")


@dataclass(frozen=True, slots=True)
class _List:
    ordered: bool
    boxed: bool
    least: int
    most: int
    shape: str


_LISTS = {
    "signs": _List(False, False, 3, 5, "lines beginning with `- `"),
    "steps": _List(True, False, 3, 7, "lines beginning with `1. `, `2. ` and so on"),
    "pitfalls": _List(False, False, 2, 5, "lines beginning with `- `"),
    "checklist": _List(False, True, 3, 6, "lines beginning with `- [ ] `"),
}


def section_problems(guide: Guide, interface: Interface | None) -> Iterator[Problem]:
    """Everything wrong with the shape of a guide's body; without `interface` the words of headings are not compared."""
    yield from _title(guide)
    yield from _headings(guide, interface)
    for section in guide.sections:
        if not section.blocks:
            yield Problem(guide.path, section.line, f"section {section.id or section.heading!r} is empty", "write it")
        elif section.id == "what-to-say":
            yield from _scripts(guide, section, interface)
        elif section.id == "push-back":
            yield from _exchanges(guide, section)
        elif section.id == "across-cultures":
            yield from _countries(guide, section)
        elif section.id in _LISTS:
            yield from _list(guide, section)
    yield from _length(guide)


def _title(guide: Guide) -> Iterator[Problem]:
    found = [block for block in walk(guide.document.blocks) if isinstance(block, Heading) and block.level == 1]
    if not found:
        what, mend = "the body has no title", "begin it with `# ` and the title"
        yield Problem(guide.path, guide.document.body_line, what, mend)
        return
    first, *others = found
    if guide.title and first.words.plain != " ".join(guide.title.split()):
        mend = f"write `# {guide.title}`, or mend `title`"
        yield Problem(guide.path, first.line, f"the heading {first.words.plain!r} is not the title", mend)
    for other in others:
        mend = "write sections with `## ` and an id"
        yield Problem(guide.path, other.line, f"a second title {other.words.plain!r}", mend)


def _headings(guide: Guide, interface: Interface | None) -> Iterator[Problem]:
    for block in walk(guide.document.blocks):
        if isinstance(block, Heading) and block.level > 1 and not block.id:
            mend = "end it with its id, as in `## … {#why}`"
            yield Problem(guide.path, block.line, f"the heading {block.words.plain!r} has no id", mend)
    seen: dict[str, Section] = {}
    last = -1
    for section in guide.sections:
        if not section.id:
            continue
        if section.id in seen:
            mend = "keep one of them"
            yield Problem(
                guide.path, section.line, f"section {section.id} stands already in line {seen[section.id].line}", mend
            )
            continue
        seen[section.id] = section
        if section.id not in SECTION_IDS:
            mend = f"the sections are {', '.join(SECTION_IDS)}"
            yield Problem(guide.path, section.line, f"unknown section {section.id}", mend)
            continue
        place = SECTION_IDS.index(section.id)
        if place < last:
            mend = f"move it before {SECTION_IDS[last]}"
            yield Problem(guide.path, section.line, f"section {section.id} stands too late", mend)
        last = max(last, place)
        wanted = interface.sections.get(section.id) if interface else None
        if wanted and section.heading != wanted:
            mend = f"write `## {wanted} {{#{section.id}}}`"
            yield Problem(guide.path, section.line, f"the heading of {section.id} is {section.heading!r}", mend)
    for place, name in enumerate(SECTION_IDS):
        if name not in seen:
            later = [seen[other].line for other in SECTION_IDS[place:] if other in seen]
            heading = interface.sections.get(name, "…") if interface else "…"
            line = min(later, default=guide.document.body_line + guide.document.body.rstrip().count("\n"))
            yield Problem(
                guide.path, line, f"section {name} is missing", f"write `## {heading} {{#{name}}}` before this"
            )


def _scripts(guide: Guide, section: Section, interface: Interface | None) -> Iterator[Problem]:
    found = scripts(section.blocks)
    for block in section.blocks:
        if isinstance(block, Paragraph) and block.words.plain.startswith(("!!!", "???")):
            line = block.words.lines()[0][1]
            yield Problem(guide.path, block.line, f"cannot read {line!r}", 'write it as `!!! tip "…"`')
    for script in found:
        if not script.kind:
            yield Problem(guide.path, script.line, f"cannot read {script.written!r}", 'write it as `!!! tip "…"`')
            continue
        if script.kind not in SCRIPTS:
            mend = f"what-to-say holds {', '.join(f'`!!! {name}`' for name in SCRIPTS)}"
            yield Problem(guide.path, script.line, f"unknown script {script.written!r}", mend)
            continue
        kind, label = script.kind, script.label
        wanted = interface.labels.get(_LABELS.get(kind, "")) if interface else None
        if not label or (wanted and label != wanted):
            what = f"`{kind}` is titled {label!r}" if label else f"`{kind}` has no title"
            yield Problem(guide.path, script.line, what, f'write `!!! {kind} "{wanted or "…"}"`')
        if not script.blocks:
            mend = "write its text below, every line indented by four spaces"
            yield Problem(guide.path, script.line, f"`{kind}` is empty", mend)
    kinds = [script.kind for script in found if script.kind in SCRIPTS]
    for kind in SCRIPTS:
        if kinds.count(kind) != 1:
            where = next((script.line for script in reversed(found) if script.kind == kind), section.line)
            yield Problem(guide.path, where, f"{kinds.count(kind)} × `!!! {kind}` in what-to-say", "write exactly one")
    once = list(dict.fromkeys(kinds))
    if once != [kind for kind in SCRIPTS if kind in once]:
        where = next(script.line for script in found if script.kind in SCRIPTS)
        mend = f"put them as {', '.join(SCRIPTS)}"
        yield Problem(guide.path, where, f"the scripts come as {', '.join(once)}", mend)


def _exchanges(guide: Guide, section: Section) -> Iterator[Problem]:
    found = [block for block in section.blocks if isinstance(block, Exchange)]
    mend = "write what the other side answers as a paragraph in bold, `**…**`, and below it what to say"
    if section.blocks[0] not in found:
        what = "push-back does not begin with an answer" if found else "push-back holds no answer"
        yield Problem(guide.path, section.blocks[0].line, what, mend)
    least, most = _EXCHANGES
    if found and not least <= len(found) <= most:
        what = f"{len(found)} answers in push-back"
        yield Problem(guide.path, section.line, what, f"write the {least} to {most} that one really gets")
    for exchange in found:
        if not exchange.yours:
            yield Problem(guide.path, exchange.line, f"{exchange.theirs.plain!r} has no reply", mend)


def _countries(guide: Guide, section: Section) -> Iterator[Problem]:
    known = {lang: name for lang in LANGUAGES if (name := country(lang, guide.lang))}
    own = known.get(guide.lang, "")
    found: dict[str, int] = {}
    for item in _items(section):
        words = next(all_words(item.blocks), Words(item.line, ()))
        # the colon may stand inside the bold text or after it
        match = _COUNTRY.match(words.plain) if words.lead else None
        name = match[1] if match and match[1] == words.lead.rstrip(" :：") else ""
        if name not in known.values():
            mend = f"write `- **{own or '…'}:** …`; the countries are {', '.join(known.values())}"
            what = f"{name or words.plain[:30]!r} is none of our countries"
            yield Problem(guide.path, item.line, what, mend)
        elif name in found:
            what = f"{name} stands already in line {found[name]}"
            yield Problem(guide.path, item.line, what, "make it one line")
        found.setdefault(name, item.line)
    if own and own not in found:
        what, mend = f"{own} is missing in across-cultures", f"write `- **{own}:** …`"
        yield Problem(guide.path, section.line, what, mend)
    elif own and found[own] != min(found.values()):
        yield Problem(guide.path, found[own], f"{own}, the reader's own country, is not first", "move it up")
    if len(found) > _FOREIGN_COUNTRIES + 1:
        what = f"{len(found)} countries in across-cultures"
        mend = f"keep the reader's own and at most {_FOREIGN_COUNTRIES} where one does something else here"
        yield Problem(guide.path, section.line, what, mend)


def _items(section: Section, *, ordered: bool = False) -> list[Item]:
    lists = [block for block in section.blocks if isinstance(block, Items) and block.ordered == ordered]
    return [item for block in lists for item in block.items]


def _list(guide: Guide, section: Section) -> Iterator[Problem]:
    rule = _LISTS[section.id]
    items = _items(section, ordered=rule.ordered)
    count = sum(not rule.boxed or item.checked is False for item in items)
    if not rule.least <= count <= rule.most:
        mend = f"write {rule.least} to {rule.most} {rule.shape}"
        yield Problem(guide.path, section.line, f"{count} items in {section.id}", mend)
    for item in items if rule.boxed else ():
        if item.checked is not False:
            what, mend = "a line of the checklist has no empty box", "begin it with `- [ ] `"
            yield Problem(guide.path, item.line, what, mend)


def _length(guide: Guide) -> Iterator[Problem]:
    text = plain(guide.document.blocks)
    if LANGUAGE[guide.lang].spaced:
        (least, most), size, unit = _BODY_WORDS, len(text.split()), "words"
    else:
        (least, most), size, unit = _BODY_CHARACTERS, len("".join(text.split())), "characters"
    if not least <= size <= most:
        mend = f"{'lengthen' if size < least else 'shorten'} it to between {least} and {most}"
        yield Problem(guide.path, guide.document.body_line, f"the body has {size} {unit}", mend)
