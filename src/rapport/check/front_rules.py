"""Rules for the front matter of a guide beyond its shape: lengths, advice, dates, law."""

from __future__ import annotations

import datetime
import unicodedata
from typing import TYPE_CHECKING

from rapport.check.law import first_reference, names_law
from rapport.content.guides import is_date
from rapport.content.problem import Level, Problem
from rapport.languages import LANGUAGE, LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rapport.content.catalogue import Catalogue
    from rapport.content.guides import Guide

_TITLE, _SUMMARY, _SITUATIONS = (60, 32), (170, 85), (4, 6)
"""Longest title and summary in characters (second: where words do not stand apart), fewest and most situations."""

_FRESH = datetime.timedelta(days=366)
"""How long a reading holds."""


def front_problems(guide: Guide, catalogue: Catalogue | None, today: datetime.date) -> Iterator[Problem]:
    """What is wrong in a readable front matter, but for `translated`, which needs the source's text."""
    if guide.document.front is None:
        return
    for key, longest, text in (("title", _TITLE, guide.title), ("summary", _SUMMARY, guide.summary)):
        length, most = (
            len(unicodedata.normalize("NFC", " ".join(text.split()))),
            longest[not LANGUAGE[guide.lang].spaced],
        )
        if length > most:
            what = f"`{key}` has {length} characters"
            yield Problem(guide.path, guide.line_of(key), what, f"shorten it to at most {most}")
    yield from _situations(guide)
    yield from _advice(guide, catalogue)
    planned = catalogue.guides.get(guide.id) if catalogue else None
    if planned and guide.source in LANGUAGES and guide.source != planned.source:
        mend = f"write `source: {planned.source}`, or mend content/guides.yml"
        what = f"`source` is {guide.source}, and in the catalogue {planned.source}"
        yield Problem(guide.path, guide.line_of("source"), what, mend)
    if not guide.reviewed:
        mend = "have it read by someone who did not write it, then write `reviewed: ` and the date"
        yield Problem(guide.path, guide.line_of("reviewed"), "`reviewed` is missing", mend)
    for key, date in (("reviewed", guide.reviewed), ("law_as_of", guide.law_as_of)):
        if is_date(date) and datetime.date.fromisoformat(date) > today:
            mend = "write the day on which it was checked"
            yield Problem(guide.path, guide.line_of(key), f"`{key}` lies in the future: {date}", mend)
    if is_date(guide.reviewed) and datetime.date.fromisoformat(guide.reviewed) + _FRESH < today:
        what = f"`reviewed` lies more than a year back: {guide.reviewed}"
        mend = "have it read again, law and sums above all, and write the day"
        yield Problem(guide.path, guide.line_of("reviewed"), what, mend, Level.HINT)
    yield from _law(guide)


def fold(text: str) -> str:
    """A text for comparison: without case, punctuation at its ends, and differences in white space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(" .!?…。¿¡\"'«»„“”‘’「」『』")


def _situations(guide: Guide) -> Iterator[Problem]:
    values = guide.situations
    fewest, most = _SITUATIONS
    if values and not fewest <= len(values) <= most:
        yield Problem(guide.path, guide.line_of("situations"), f"{len(values)} situations", f"write {fewest} to {most}")
    seen = {fold(guide.title): "the title"}
    for index, value in enumerate(values):
        line = guide.line_of("situations", index)
        if twin := seen.get(fold(value)):
            yield Problem(guide.path, line, f"the situation repeats {twin}", "tell it from another angle")
        seen.setdefault(fold(value), f"that of line {line}")


def _advice(guide: Guide, catalogue: Catalogue | None) -> Iterator[Problem]:
    codes, line = guide.advice, guide.line_of("advice")
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield Problem(guide.path, line, f"advice {code} is listed twice", "delete one of them")
    planned = catalogue.guides.get(guide.id) if catalogue else None
    for code in planned.advice if planned and codes else ():
        if code not in codes:
            mend = "carry it in the text and add the code, or mend content/guides.yml"
            yield Problem(guide.path, line, f"advice {code} of the catalogue is missing", mend)


def _law(guide: Guide) -> Iterator[Problem]:
    reference = first_reference(guide)
    if reference and not guide.law_as_of:
        line, words = reference
        mend = "check it and write `law_as_of: ` with the date, or take the law out"
        yield Problem(guide.path, line, f"names law (“{words}”), but `law_as_of` is missing", mend)
    if guide.law_as_of and not names_law(guide):
        # a hint: law can be named in words that no pattern knows
        what, mend = "`law_as_of` is set, but no law is named", "delete the line if that is so"
        yield Problem(guide.path, guide.line_of("law_as_of"), what, mend, Level.HINT)
