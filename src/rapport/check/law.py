"""Where a guide names law. One pattern for all languages: a German guide may cite the Dutch code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapport.content.blocks import all_words
from rapport.content.text import plain

if TYPE_CHECKING:
    from rapport.content.blocks import Line
    from rapport.content.guides import Guide

_SAID = ("what-to-say", "push-back")

_REFERENCE = re.compile(
    r"§§?\s?\d+[a-z]?(?:,\s?\d+[a-z]?)*"
    r"|\b[Aa]rt(?:s?\.|ikeln?|ikelen|ículos?)\s?\d+(?:[.:]\d+)*"
    r"|\b[Сс]т(?:\.|\.\s?ст\.|ать[яиеёюй]+)\s?\d+(?:\.\d+)*"
    r"|\bLey\s\d+/\d{4}"
    r"|\d+-ФЗ"
    r"|(?:法|令|規則|規程|同)第?[0-9０-９一二三四五六七八九十百]+条(?:の[0-9０-９]+)?"
)
# a clause of the parties' own contract is no law
_CONTRACT = re.compile(
    r"\s*(?:,?\s*(?:Abs\.|lid|п\.)\s*\d+\s*)?"
    r"(?:(?:des|unseres|Ihres|eines|im) (?:Rahmen)?[Vv]ertrag|(?:der|unserer|Ihrer) AGB|"
    r"(?:van|uit|in) (?:de|het|je|jullie|ons|onze|een) (?:overeenkomst|contract|voorwaarden)|"
    r"(?:del|de tu|de su|de vuestro|de nuestro|de un) (?:contrato|acuerdo)|"
    r"(?:\w+ )?(?:договора|контракта|соглашения))"
)
_MENTION = re.compile(
    r"§|BGB|HGB|UStG|DSGVO|VOB|\w*[Gg]esetz|[Rr]echtslage|[Gg]esetzlich"
    r"|\b[Ww]et(?:ten|telijk\w*|boek)?\b|\bBW\b|\bAVG\b"
    r"|\b[Ll]ey(?:es)?\b|Código|RGPD|Real Decreto|[Rr]eglamento|[Dd]irectiva|[Rr]ichtlinie|[Vv]erord[en]+ing?"
    r"|\b[Зз]акон|\b[Кк]одекс|\bГК\b|\bНК\b|\bТК\b|-ФЗ"
    r"|Hoge Raad|BGH|BAG|Tribunal Supremo|Верховн\w+ [Сс]уд|最高裁|判例"
    r"|(?<![方作文用手技話])法(?!人)|政令|省令|告示|通達|条例|規則|規程"
)


def first_reference(guide: Guide) -> Line | None:
    """Line and words of the first article of a law, outside what to say (a letter may cite its own contract)."""
    said = [section for section in guide.sections if section.id in _SAID]
    spoken = {words.line for section in said for words in all_words(section.blocks)}
    for words in all_words(guide.document.blocks):
        for number, line in words.lines() if words.line not in spoken else ():
            for match in _REFERENCE.finditer(line):
                if not _CONTRACT.match(line, match.end()):
                    return number, match[0].strip(" ,.")
    return None


def names_law(guide: Guide) -> bool:
    """Whether law is mentioned at all, by article or by name."""
    text = plain(guide.document.blocks)
    return bool(_REFERENCE.search(text) or _MENTION.search(text))
