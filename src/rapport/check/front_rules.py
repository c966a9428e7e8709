"""Rules for the front matter of a guide: keys, types, lengths, advice, dates, law."""

from __future__ import annotations

import datetime
import re
import unicodedata
from typing import TYPE_CHECKING, Any

from rapport.check.law import first_reference, names_law
from rapport.check.problem import Level, Problem
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rapport.check.page import Page
    from rapport.content.catalogue import Catalogue

KEYS = ("title", "summary", "situations", "advice", "source", "translated", "reviewed", "law_as_of")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_TITLE, _SUMMARY, _SITUATIONS = (60, 32), (170, 85), (4, 6)
"""Longest title and summary in characters (second: Japanese), fewest and most situations."""


def front_problems(page: Page, catalogue: Catalogue | None, today: datetime.date) -> Iterator[Problem]:
    """Everything wrong in a guide's front matter, but for `translated`, which needs the source's text."""
    if page.front is None:
        return
    for key in page.front:
        if key not in KEYS:
            yield Problem(
                page.path, page.line_of(str(key)), f"unknown key {key!r}", f"remove it; known are {', '.join(KEYS)}"
            )
    yield from _texts(page, page.front)
    yield from _situations(page, page.front)
    yield from _advice(page, page.front, catalogue)
    yield from _source(page, page.front, catalogue)
    if not page.front.get("reviewed"):
        mend = "have it read by someone who did not write it, then write `reviewed: ` and the date"
        yield Problem(page.path, page.line_of("reviewed"), "`reviewed` is missing", mend)
    for key in ("reviewed", "law_as_of"):
        yield from _date(page, key, page.front.get(key), today)
    yield from _law(page, page.front)


def fold(text: str) -> str:
    """A text for comparison: without case, punctuation at its ends, and differences in white space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(" .!?…。¿¡\"'«»„“”‘’「」『』")


def _texts(page: Page, front: dict[str, Any]) -> Iterator[Problem]:
    for key, longest in (("title", _TITLE), ("summary", _SUMMARY)):
        value, most = front.get(key), longest[page.guide.lang == "ja"]
        if not isinstance(value, str) or not value.strip():
            yield Problem(page.path, page.line_of(key), f"`{key}` is missing or not a text", f"write `{key}: …`")
            continue
        length = len(unicodedata.normalize("NFC", " ".join(value.split())))
        if length > most:
            what = f"`{key}` has {length} characters"
            yield Problem(page.path, page.line_of(key), what, f"shorten it to at most {most}")


def _situations(page: Page, front: dict[str, Any]) -> Iterator[Problem]:
    values, line = front.get("situations"), page.line_of("situations")
    if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
        mend = "write 4 to 6 lines of the form `  - text`; quote one that holds a colon and a space"
        yield Problem(page.path, line, "`situations` is missing or not a list of texts", mend)
        return
    fewest, most = _SITUATIONS
    if not fewest <= len(values) <= most:
        yield Problem(page.path, line, f"{len(values)} situations", f"write {fewest} to {most}")
    seen = {fold(str(front.get("title", ""))): "the title"}
    for index, value in enumerate(values):
        where = page.item_line("situations", index)
        if twin := seen.get(fold(value)):
            yield Problem(page.path, where, f"the situation repeats {twin}", "tell it from another angle")
        seen.setdefault(fold(value), f"that of line {where}")


def _advice(page: Page, front: dict[str, Any], catalogue: Catalogue | None) -> Iterator[Problem]:
    codes, line = front.get("advice"), page.line_of("advice")
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        mend = "write `advice: [E1, …]` with codes of content/advice.yml"
        yield Problem(page.path, line, "`advice` is missing or not a list of codes", mend)
        return
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield Problem(page.path, line, f"advice {code} is listed twice", "delete one of them")
    if catalogue is None:
        return
    for code in codes:
        if code not in catalogue.advice:
            yield Problem(page.path, line, f"unknown advice {code!r}", "content/advice.yml lists the codes")
    if planned := catalogue.guides.get(page.guide.id):
        for code in planned.advice:
            if code not in codes:
                mend = "carry it in the text and add the code, or mend content/guides.yml"
                yield Problem(page.path, line, f"advice {code} of the catalogue is missing", mend)


def _source(page: Page, front: dict[str, Any], catalogue: Catalogue | None) -> Iterator[Problem]:
    value, line = front.get("source"), page.line_of("source")
    planned = catalogue.guides.get(page.guide.id) if catalogue else None
    if value not in LANGUAGES:
        right = planned.source if planned else f"one of {', '.join(LANGUAGES)}"
        yield Problem(page.path, line, "`source` is missing or no language", f"write `source: {right}`")
    elif planned and value != planned.source:
        mend = f"write `source: {planned.source}`, or mend content/guides.yml"
        yield Problem(page.path, line, f"`source` is {value}, and in the catalogue {planned.source}", mend)


def _date(page: Page, key: str, value: object, today: datetime.date) -> Iterator[Problem]:
    if not value:
        return
    line = page.line_of(key)
    try:
        if not isinstance(value, str) or not _ISO.fullmatch(value):
            raise ValueError
        date = datetime.date.fromisoformat(value)
    except ValueError:
        yield Problem(page.path, line, f"`{key}` is no date: {value}", f"write it as in `{key}: {today.isoformat()}`")
        return
    if date > today:
        yield Problem(page.path, line, f"`{key}` lies in the future: {value}", "write the day on which it was checked")


def _law(page: Page, front: dict[str, Any]) -> Iterator[Problem]:
    reference, dated = first_reference(page), front.get("law_as_of")
    if reference and not dated:
        line, words = reference
        mend = "check it and write `law_as_of: ` with the date, or take the law out"
        yield Problem(page.path, line, f"names law (“{words}”), but `law_as_of` is missing", mend)
    if dated and not names_law(page):
        # a hint: law can be named in words that no pattern knows
        what, mend = "`law_as_of` is set, but no law is named", "delete the line if that is so"
        yield Problem(page.path, page.line_of("law_as_of"), what, mend, Level.HINT)
