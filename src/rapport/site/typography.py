"""Spaces that must not break and places where Japanese may, set at build time. Pure functions of text.

Writers type ordinary spaces; which of them hold a line together depends on the language (`nbsp` below).
Japanese has no spaces, so headings and cards are split into phrases by BudouX, a small learnt model.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from budoux import load_default_japanese_parser
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from budoux.parser import Parser

NBSP = "\u00a0"

_MONTHS = {
    "de": "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember",
    "nl": "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december",
    "ru": "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря",
}
_UNITS = {
    "de": "€|%|Euro|EUR|Uhr|Prozent|Stunden?|Minuten?|Tagen?|Wochen?|Monaten?|km|h",
    "nl": "€|%|euro|uur|procent|minuten|dagen|weken|maanden|km",
    "ru": "₽|%|руб|рублей|тысяч|тыс|млн|часов|часа|час|минут|дней|дня|день|недель|недели|процентов|км|ч",
    "es": "€|%|euros?|horas?|minutos?|días?|semanas?|meses|km|h",
}
_PATTERNS: dict[str, tuple[tuple[str, str], ...]] = {
    "de": (
        (r"\b(z|d|u|i|o)\. (B|h|a|d|Ä|R)\.", r"\1.~\2."),
        (r"(§§?|\bAbs\.|\bNr\.|\bArt\.|\bSatz|\bS\.) (?=\d)", r"\1~"),
        (rf"(?<=\d\.) (?=(?:{_MONTHS['de']})\b)", "~"),
        (r" (?=[–—] )", "~"),
    ),
    "nl": (
        (r"€ (?=\d)", "€~"),
        (r"\b(art\.|lid|nr\.|artikel) (?=\d)", r"\1~"),
        (rf"(?<=\d) (?=(?:{_MONTHS['nl']})\b)", "~"),
        (r" (?=[–—] )", "~"),
    ),
    "ru": (
        # a one- or two-letter preposition or conjunction does not end a line; a particle does not begin one
        (r"(?<![\w-])([вксоуиая]|не|ни|на|по|за|до|от|из|об|со|во|ко|но|да) ", r"\1~"),
        (r" (бы|б|же|ж|ли)\b", r"~\1"),
        (r"(№|§|\bст\.|\bп\.|\bч\.|\bг\.) (?=[\dА-ЯЁ])", r"\1~"),
        (r"\bт\. ([едпк])\.", r"т.~\1."),
        (rf"(?<=\d) (?=(?:{_MONTHS['ru']})\b)", "~"),
        (r"\b([А-ЯЁ]\.) (?=[А-ЯЁ])", r"\1~"),
        (r" (?=[–—])", "~"),
    ),
    "es": (
        (r"\b(n\.º|art\.|arts\.|núm\.|Sra?\.|D\.ª?|Dña\.|pág\.) (?=[\dA-ZÁÉÍÓÚÑ])", r"\1~"),
        (r"(?<=\d) (?=de (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep|oct|nov|dic))", "~"),
        (r" (?=[–—] )", "~"),
    ),
    "ja": (),
}


@cache
def _rules(lang: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    rules = list(_PATTERNS.get(lang, ()))
    if lang in _UNITS:
        rules.append((rf"(?<=\d) (?=(?:{_UNITS[lang]})(?!\w))", "~"))
        rules.append((r"(?<=\d) (?=\d{3}(?!\d))", "~"))
    flags = re.IGNORECASE if lang == "ru" else 0
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
    if lang != "ja":
        return words_html(text, lang)
    return Markup("<wbr>").join(escape(phrase) for phrase in phrases(text))
