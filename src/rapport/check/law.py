"""Where a guide names law. One pattern for all languages: a German guide may cite the Dutch code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rapport.check.page import Line, Page

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


def first_reference(page: Page) -> Line | None:
    """Line and words of the first article of a law, outside scripts (a letter may cite its own contract)."""
    scripts = {
        n for section in page.guide.sections if section.id == "what-to-say" for n, _ in page.section_lines(section)
    }
    for number, line in page.body_lines():
        for match in _REFERENCE.finditer(line):
            if number not in scripts and not _CONTRACT.match(line, match.end()):
                return number, match[0].strip(" ,.")
    return None


def names_law(page: Page) -> bool:
    """Whether law is mentioned at all, by article or by name."""
    return bool(_REFERENCE.search(page.guide.body) or _MENTION.search(page.guide.body))
