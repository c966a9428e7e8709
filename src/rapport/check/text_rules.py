"""Rules for every line of prose: placeholders, white space, punctuation, glossary."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapport.check.page import prose
from rapport.check.problem import Level, Problem
from rapport.check.quotes import quote_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rapport.check.frame import Frame
    from rapport.check.page import Line, Page

_PLACEHOLDER = re.compile(r"\b(?:TODO|TBD|TBC|FIXME|XXX+)\b|\?\?\?+|(?i:lorem ipsum)")
_UNFILLED = re.compile(r"[\s>]*(?:(?:[-*+]|\d+[.)]|#+)\s+)?(?:\[[ x]\]\s*)?(?:\*\*[^*]+\*\*\s*)?…+\s*")
"""An item, paragraph or front-matter value as `rapport new` leaves it. Not `Name: …`: a contract is signed there."""
_JAPANESE = (
    "\u3005\u3040-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u3001\u3002\u300c-\u300f\uff01-\uff0f\uff1a-\uff1f"
)
_HALF_WIDTH = re.compile(rf"(?<=[{_JAPANESE}])[,.!?:;()]|[,!?;()](?=[{_JAPANESE}])")
_SYNTAX = re.compile(r"\*\*|^ *(?:- (?:\[[ x]\] )?|\d+\. |#+ )")
_ITALICS = re.compile(r"(?<![*\w])\*(?![*\s])[^*\n]+\*(?!\*)|\*\*\*|(?<![\w_])_(?![_\s])[^_\n]+_(?![\w_])")
_KATAKANA_OR_KANJI = "\u30a0-\u30ff\u3400-\u9fff"


def guide_text_problems(page: Page, frame: Frame | None) -> Iterator[Problem]:
    """Everything wrong in the wording of a guide: title, summary, situations and body."""
    body = list(prose(page.body_lines()))
    yield from space_problems(page.path, list(enumerate(page.lines, 1)))
    yield from _wording(page.path, page.guide.lang, [*page.front_texts(), *body])
    if frame:
        # situations are how people put it, in whatever words
        yield from _glossary(page, frame, [*list(page.front_texts())[:2], *body])


def page_text_problems(path: str, lang: str, text: str, body: Iterator[Line]) -> Iterator[Problem]:
    """The same for a page that is no guide (`about.md`), without the glossary."""
    yield from space_problems(path, list(enumerate(text.split("\n"), 1)))
    yield from _wording(path, lang, list(prose(body)))


def space_problems(path: str, lines: Sequence[Line]) -> Iterator[Problem]:
    """Tabs, and two spaces at the end of a line, which Markdown takes for a line break."""
    for number, line in lines:
        if "\t" in line:
            yield Problem(path, number, "a tab", "write spaces")
        if line.strip() and line.endswith("  "):
            yield Problem(path, number, "spaces at the end of the line", "delete them")


def _wording(path: str, lang: str, lines: Sequence[Line]) -> Iterator[Problem]:
    for number, text in lines:
        for found in dict.fromkeys(match[0] for match in _PLACEHOLDER.finditer(text)):
            yield Problem(path, number, f"placeholder text {found!r}", "write what belongs there")
        if _UNFILLED.fullmatch(text):
            yield Problem(path, number, "placeholder text '…'", "write what belongs there")
        if lang == "ja":
            yield from _japanese(path, number, text)
    yield from quote_problems(path, lang, lines)


def _japanese(path: str, number: int, text: str) -> Iterator[Problem]:
    bare = _SYNTAX.sub("", text)
    for mark in dict.fromkeys(match[0] for match in _HALF_WIDTH.finditer(bare)):
        full = {",": "、", ".": "。"}.get(mark, chr(ord(mark) + 0xFEE0))
        yield Problem(path, number, f"half-width {mark!r} beside Japanese", f"write {full}")
    if match := _ITALICS.search(text):
        yield Problem(path, number, f"italics {match[0]!r} in Japanese", "write it plain, in 「」 or in bold")


def _glossary(page: Page, frame: Frame, lines: Sequence[Line]) -> Iterator[Problem]:
    for use, avoided in frame.glossary.items():
        for word in avoided:
            pattern = _whole_word(word)
            for number, text in lines:
                if pattern.search(text):
                    yield Problem(page.path, number, f"“{word}” is not our word", f"write “{use}”", Level.HINT)


def _whole_word(word: str) -> re.Pattern[str]:
    # Japanese writes no spaces: there a word ends where the script changes or particles begin
    inside = _KATAKANA_OR_KANJI if re.search(f"[{_KATAKANA_OR_KANJI}]", word) else r"\w"
    return re.compile(rf"(?<![{inside}]){re.escape(word)}(?![{inside}])", re.IGNORECASE)
