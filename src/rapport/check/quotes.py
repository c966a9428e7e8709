"""Quotation marks and apostrophes, each language its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapport.content.problem import Level, Problem
from rapport.languages import LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rapport.content.blocks import Line
    from rapport.languages import Marks

_BETWEEN_LETTERS = re.compile(r"(?<=\w)'(?=\w)")


def quote_problems(path: str, lang: str, blocks: Sequence[Sequence[Line]]) -> Iterator[Problem]:
    """Straight and foreign marks, inner marks outside, closing marks that close nothing; a mark left open is a hint.

    What a block opens it must close.
    """
    marks = LANGUAGE[lang].marks
    for block in blocks:
        for number, text in block:
            yield from _straight(path, lang, number, text, marks)
            for mark in dict.fromkeys(char for char in text if char in marks.foreign):
                yield Problem(path, number, f"foreign quotation mark {mark} in {lang}", f"write {marks.shape}")
        yield from _nesting(path, block, marks)


def _straight(path: str, lang: str, number: int, text: str, marks: Marks) -> Iterator[Problem]:
    if '"' in text:
        yield Problem(path, number, 'straight quotation mark "', f"write {marks.shape}")
    if not marks.straight_apostrophe and "'" in text:
        yield Problem(path, number, "straight apostrophe '", f"write ’, and {marks.shape} for quotations")
    elif "'" in _BETWEEN_LETTERS.sub("", text):
        yield Problem(path, number, "straight quotation mark '", f"write {marks.shape}, and ’ as apostrophe")


def _nesting(path: str, block: Sequence[Line], marks: Marks) -> Iterator[Problem]:
    open_marks: list[tuple[str, int]] = []
    closing = {close: start for start, close in marks.pairs.items()}
    for number, text in block:
        for char in text:
            if char in marks.pairs:
                if char in marks.inner and not open_marks:
                    yield Problem(path, number, f"{char} outside other quotation marks", f"write {marks.shape}")
                open_marks.append((char, number))
            elif char in closing:
                if open_marks and open_marks[-1][0] == closing[char]:
                    open_marks.pop()
                else:
                    yield Problem(path, number, f"the closing mark {char} closes nothing", f"write {marks.shape}")
    for char, number in open_marks:
        yield Problem(path, number, f"the mark {char} is not closed", f"write {marks.shape}", Level.HINT)
