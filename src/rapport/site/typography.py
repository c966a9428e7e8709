"""Spaces that must not break and places where Japanese may, set at build time. Pure functions of text.

Writers type ordinary spaces; which of them hold a line together depends on the language (`languages.py`).
Japanese has no spaces, so headings and cards are split into phrases by BudouX, a small learnt model.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from budoux import load_default_japanese_parser
from markupsafe import Markup, escape

from rapport.languages import LANGUAGE

if TYPE_CHECKING:
    from budoux.parser import Parser

NBSP = "\u00a0"


@cache
def _rules(lang: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    language = LANGUAGE[lang]
    rules = list(language.spaces)
    if language.months:
        rules.append((rf"(?:(?<=\d)|(?<=\d\.)) (?=(?:{language.months})\b)", "~"))
    if language.units:
        rules.append((rf"(?<=\d) (?=(?:{language.units})(?!\w))", "~"))
        rules.append((r"(?<=\d) (?=\d{3}(?!\d))", "~"))
    flags = re.IGNORECASE if language.any_case else 0
    return tuple((re.compile(pattern, flags), new.replace("~", NBSP)) for pattern, new in rules)


def set_spaces(text: str, lang: str) -> str:
    """The text with non-breaking spaces where its language wants them; nothing else changes."""
    for pattern, new in _rules(lang):
        text = pattern.sub(new, text)
    return text


@cache
def _parser() -> Parser:
    return load_default_japanese_parser()


def phrases(text: str) -> list[str]:
    """A Japanese text as phrases between which a line may break; joined they are the text again."""
    return _parser().parse(text) if text.strip() else [text]


def words_html(text: str, lang: str) -> Markup:
    """Text as HTML: escaped, spaces set."""
    return escape(set_spaces(text, lang))


def title_html(text: str, lang: str) -> Markup:
    """As `words_html`; in Japanese with `<wbr>` between phrases, for headings and cards (which keep words whole)."""
    if LANGUAGE[lang].spaced:
        return words_html(text, lang)
    return Markup("<wbr>").join(escape(phrase) for phrase in phrases(text))
