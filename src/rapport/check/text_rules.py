"""Rules for every line of prose: placeholders, white space, punctuation, glossary."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from rapport.check.quotes import quote_problems
from rapport.content.blocks import all_words
from rapport.content.problem import Level, Problem
from rapport.content.text import read_lines
from rapport.languages import LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rapport.content.blocks import Line, Words
    from rapport.content.document import Document
    from rapport.content.guides import Guide
    from rapport.content.interface import Interface

_PLACEHOLDER = re.compile(r"\b(?:TODO|TBD|TBC|FIXME|XXX+)\b|\?\?\?+|(?i:lorem ipsum)")
_ELLIPSIS = re.compile("…+")
_WAITING = "placeholder text"
_JAPANESE = (
    "\u3005\u3040-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u3001\u3002\u300c-\u300f\uff01-\uff0f\uff1a-\uff1f"
)
_HALF_WIDTH = re.compile(rf"(?<=[{_JAPANESE}])[,.!?:;()]|[,!?;()](?=[{_JAPANESE}])")
_KATAKANA_OR_KANJI = "\u30a0-\u30ff\u3400-\u9fff"


def guide_text_problems(guide: Guide, interface: Interface | None) -> Iterator[Problem]:
    """Everything wrong in the wording of a guide: title, summary, situations and body."""
    title, summary, *situations = [
        [(guide.line_of("title"), " ".join(guide.title.split()))],
        [(guide.line_of("summary"), " ".join(guide.summary.split()))],
        *([(guide.line_of("situations", at), " ".join(text.split()))] for at, text in enumerate(guide.situations)),
    ]
    body = list(read_lines(guide.document))
    yield from text_problems(guide.document, guide.lang)
    yield from _wording(guide.path, guide.lang, [title, summary, *situations])
    if interface:
        # situations are how people put it, in whatever words
        yield from _glossary(guide.path, interface, [title, summary, *body])


def placeholder_problems(guide: Guide) -> list[Problem]:
    """Every place that still waits for its words, by line."""
    found = (problem for problem in guide_text_problems(guide, None) if problem.message.startswith(_WAITING))
    return sorted(found, key=lambda problem: problem.line)


def text_problems(document: Document, lang: str) -> Iterator[Problem]:
    """Everything wrong in the wording of a page's body, but for the glossary."""
    yield from space_problems(document.path, list(enumerate(document.text.split("\n"), 1)))
    yield from _wording(document.path, lang, list(read_lines(document)))
    for words in all_words(document.blocks):
        yield from _unfilled(document.path, words)
        for run in words.runs if not LANGUAGE[lang].spaced else ():
            if run.emphasis:
                mend = "write it plain, in 「」 or in bold"
                yield Problem(document.path, run.line, f"italics '*{run.text}*' in Japanese", mend)


def _unfilled(path: str, words: Words) -> Iterator[Problem]:
    """An item or a paragraph as `rapport new` leaves it. Not `Name: …`: a contract is signed there."""
    if _ELLIPSIS.fullmatch(words.plain.removeprefix(words.lead.strip()).strip() or words.plain):
        yield Problem(path, words.line, f"{_WAITING} '…'", "write what belongs there")


def space_problems(path: str, lines: Sequence[Line]) -> Iterator[Problem]:
    """Tabs, and two spaces at the end of a line, which Markdown takes for a line break."""
    for number, line in lines:
        if "\t" in line:
            yield Problem(path, number, "a tab", "write spaces")
        if line.strip() and line.endswith("  "):
            yield Problem(path, number, "spaces at the end of the line", "delete them")


def _wording(path: str, lang: str, blocks: Sequence[Sequence[Line]]) -> Iterator[Problem]:
    for number, text in itertools.chain(*blocks):
        for found in dict.fromkeys(match[0] for match in _PLACEHOLDER.finditer(text)):
            yield Problem(path, number, f"{_WAITING} {found!r}", "write what belongs there")
        if _ELLIPSIS.fullmatch(text):
            yield Problem(path, number, f"{_WAITING} '…'", "write what belongs there")
        if not LANGUAGE[lang].spaced:
            for mark in dict.fromkeys(match[0] for match in _HALF_WIDTH.finditer(text)):
                full = {",": "、", ".": "。"}.get(mark, chr(ord(mark) + 0xFEE0))
                yield Problem(path, number, f"half-width {mark!r} beside Japanese", f"write {full}")
    yield from quote_problems(path, lang, blocks)


def _glossary(path: str, interface: Interface, blocks: Sequence[Sequence[Line]]) -> Iterator[Problem]:
    for term in interface.glossary.values():
        for word in term.avoid if term.use else ():
            pattern = _whole_word(word)
            for number, text in itertools.chain(*blocks):
                if pattern.search(text):
                    yield Problem(path, number, f"“{word}” is not our word", f"write “{term.use}”", Level.HINT)


def _whole_word(word: str) -> re.Pattern[str]:
    # Japanese writes no spaces: there a word ends where the script changes or particles begin
    inside = _KATAKANA_OR_KANJI if re.search(f"[{_KATAKANA_OR_KANJI}]", word) else r"\w"
    return re.compile(rf"(?<![{inside}]){re.escape(word)}(?![{inside}])", re.IGNORECASE)
